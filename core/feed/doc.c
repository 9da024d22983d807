#include "core/feed/doc.h"

#include <stdlib.h>
#include <string.h>
#include <libxml/xmlwriter.h>
#include "core/base/buf.h"
#include "core/feed/jsonw.h"

enum { DEPTH = 8 };

struct doc {
	enum doc_form form;
	struct buf json;
	xmlBufferPtr xml;
	xmlTextWriterPtr writer;
	int depth;
	bool array[DEPTH], begun[DEPTH];
	bool failed;
};

struct doc *doc_new(enum doc_form form)
{
	struct doc *d = calloc(1, sizeof *d);

	if (d == NULL)
		abort();
	d->form = form;
	if (form == DOC_XML) {
		d->xml = xmlBufferCreate();
		d->writer = d->xml ? xmlNewTextWriterMemory(d->xml, 0) : NULL;
		d->failed = d->writer == NULL || xmlTextWriterStartDocument(d->writer, "1.0", "utf-8", NULL) < 0;
	}
	return d;
}

const char *doc_type(enum doc_form form)
{
	return form == DOC_XML ? "text/xml; charset=utf-8" : "application/json; charset=utf-8";
}

void doc_free(struct doc *d)
{
	if (d == NULL)
		return;
	if (d->writer)
		xmlFreeTextWriter(d->writer);
	if (d->xml)
		xmlBufferFree(d->xml);
	buf_free(&d->json);
	free(d);
}

/* What stands before any value in JSON. */
static void json_before(struct doc *d, const char *name)
{
	if (d->depth == 0)
		return;
	if (d->begun[d->depth - 1])
		buf_putc(&d->json, ',');
	d->begun[d->depth - 1] = true;
	if (!d->array[d->depth - 1]) {
		jsonw_text(&d->json, name, strlen(name));
		buf_putc(&d->json, ':');
	}
}

static void open_group(struct doc *d, const char *name, bool array)
{
	if (d->failed || d->depth == DEPTH) {
		d->failed = true;
		return;
	}
	if (d->form == DOC_XML) {
		d->failed = xmlTextWriterStartElement(d->writer, BAD_CAST name) < 0;
	} else {
		json_before(d, name);
		buf_putc(&d->json, array ? '[' : '{');
	}
	d->array[d->depth] = array;
	d->begun[d->depth++] = false;
}

void doc_object(struct doc *d, const char *name)
{
	open_group(d, name, false);
}

void doc_array(struct doc *d, const char *name)
{
	open_group(d, name, true);
}

void doc_end(struct doc *d)
{
	if (d->failed || d->depth == 0) {
		d->failed = true;
		return;
	}
	d->depth--;
	if (d->form == DOC_XML)
		d->failed = xmlTextWriterFullEndElement(d->writer) < 0;
	else
		buf_putc(&d->json, d->array[d->depth] ? ']' : '}');
}

/* A text may hold what XML has no way to say; our texts are clean, but a database is older than its daemon. */
static bool xml_can_say(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p; p++)
		if (*p < 0x20 && *p != '\t' && *p != '\n' && *p != '\r')
			return false;
	return strstr(s, "\xEF\xBF\xBE") == NULL && strstr(s, "\xEF\xBF\xBF") == NULL && xmlCheckUTF8(BAD_CAST s);
}

static void xml_element(struct doc *d, const char *name, const char *value)
{
	d->failed = d->failed || xmlTextWriterWriteElement(d->writer, BAD_CAST name,
	    BAD_CAST(value && xml_can_say(value) ? value : "")) < 0;
}

void doc_text(struct doc *d, const char *name, const char *value)
{
	if (d->form == DOC_XML) {
		xml_element(d, name, value);
		return;
	}
	json_before(d, name);
	if (value)
		jsonw_text(&d->json, value, strlen(value));
	else
		buf_puts(&d->json, "null");
}

static void bare(struct doc *d, const char *name, const char *text)
{
	if (d->form == DOC_XML) {
		xml_element(d, name, strcmp(text, "null") ? text : "");
		return;
	}
	json_before(d, name);
	buf_puts(&d->json, text);
}

void doc_real(struct doc *d, const char *name, bool known, double value)
{
	struct buf b = { 0 };

	if (known)
		jsonw_real(&b, value);
	bare(d, name, known ? buf_text(&b) : "null");
	buf_free(&b);
}

void doc_bool(struct doc *d, const char *name, bool value)
{
	bare(d, name, value ? "true" : "false");
}

void doc_int(struct doc *d, const char *name, long long value)
{
	struct buf b = { 0 };

	buf_printf(&b, "%lld", value);
	bare(d, name, buf_text(&b));
	buf_free(&b);
}

const char *doc_finish(struct doc *d, size_t *len)
{
	if (d->form == DOC_XML) {
		if (d->failed || xmlTextWriterEndDocument(d->writer) < 0 || xmlTextWriterFlush(d->writer) < 0)
			return NULL;
		*len = (size_t)xmlBufferLength(d->xml);
		return (const char *)xmlBufferContent(d->xml);
	}
	*len = d->json.len;
	return d->failed || d->json.failed ? NULL : buf_text(&d->json);
}
