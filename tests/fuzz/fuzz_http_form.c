/* Forms and Open311 posts: whatever stands in a body gives a request within bounds or a reason, and XML that parses. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include "core/base/clean.h"
#include "core/feed/open311.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void silent(void *ctx, const char *msg, ...)
{
	(void)ctx, (void)msg;
}

static void as_xml(const struct open311_post *p)
{
	struct doc *d = doc_new(DOC_XML);
	size_t len;
	const char *text;
	xmlDocPtr xml;

	open311_requests_begin(d);
	open311_request(d, &(struct open311_request){ .no = 1, .service_code = p->service_code, .service_name = p->service_code,
	    .description = p->appeal.text, .address = p->appeal.address, .agency = p->appeal.name, .notes = p->email,
	    .located = p->appeal.located, .lat = p->appeal.lat, .lng = p->appeal.lng });
	doc_end(d);
	text = doc_finish(d, &len);
	must(text != NULL);
	xml = xmlReadMemory(text, (int)len, NULL, NULL, XML_PARSE_NONET);
	must(xml != NULL);
	xmlFreeDoc(xml);
	doc_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct form f;
	struct err e = { 0 };
	struct open311_post p;
	struct open311_update_post u;

	xmlSetGenericErrorFunc(NULL, silent);
	if (form_parse(&a, (const char *)data, size, &f, &e)) {
		must(f.count <= FORM_PAIRS_MAX);
		if (open311_post(&a, &f, 300, &p, &e) && open311_post_text(&a, &f, "name", 300, &p, &e)) {
			must(p.appeal.text_len > 0 && clean_is(p.appeal.text, p.appeal.text_len, CLEAN_TEXT));
			as_xml(&p);
		}
		open311_update_post(&a, &f, 300, &u, &e);
	} else {
		must(e.code == ERR_INVALID);
	}
	arena_free(&a);
	return 0;
}
