#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include <libxml/parser.h>
#include "core/feed/open311.h"

static const struct route { const char *path, *accept; enum open311_what what; enum doc_form form; const char *id; } routes[] = {
	{ "/open311/v2/discovery.xml", NULL, OPEN311_DISCOVERY, DOC_XML, "" },
	{ "/open311/discovery.json", NULL, OPEN311_DISCOVERY, DOC_JSON, "" },
	{ "/open311/v2/services.json", NULL, OPEN311_SERVICES, DOC_JSON, "" },
	{ "/open311/v2/services/ZS-001.xml", NULL, OPEN311_SERVICE, DOC_XML, "ZS-001" },
	{ "/open311/v2/requests", "text/xml", OPEN311_REQUESTS, DOC_XML, "" },
	{ "/open311/v2/requests", "*/*", OPEN311_REQUESTS, DOC_JSON, "" },
	{ "/open311/v2/requests/2611220000017.json", NULL, OPEN311_REQUEST, DOC_JSON, "2611220000017" },
	{ "/open311/v2/tokens/1.xml", NULL, OPEN311_TOKEN, DOC_XML, "1" },
	{ "/open311/v2/servicerequestupdates.xml", NULL, OPEN311_UPDATES, DOC_XML, "" },
	{ "/open311/v2/tokens.xml", NULL, OPEN311_NONE, DOC_XML, "" },
	{ "/open311/v2/nothing", NULL, OPEN311_NONE, DOC_JSON, "" },
	{ "/open311/v1/services", NULL, OPEN311_NONE, DOC_JSON, "" },
};

static void paths_and_suffixes(void **state)
{
	struct open311_path p;

	(void)state;
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		assert_true(open311_route(routes[i].path, routes[i].accept, &p));
		if (p.what != routes[i].what || p.form != routes[i].form || strcmp(p.id, routes[i].id))
			fail_msg("%s: %d %d %s", routes[i].path, p.what, p.form, p.id);
	}
	assert_false(open311_route("/v1/appeals", NULL, &p));
}

static bool filter(struct arena *a, const char *query, struct open311_filter *f, struct err *e)
{
	struct form form;

	assert_true(form_parse(a, query, strlen(query), &form, e));
	return open311_filter(a, &form, INT64_C(1795300000) * USEC_S, f, e);
}

static void filters_have_the_standards_defaults(void **state)
{
	struct arena a = { 0 };
	struct open311_filter f;
	struct err e;
	const usec_t day = 86400 * USEC_S;

	(void)state;
	assert_true(filter(&a, "", &f, &e));
	assert_true(f.open && f.closed && f.page == 1 && f.page_size == 1000 && f.until - f.from == 90 * day);
	assert_true(filter(&a, "status=closed&service_code=a,b&page=3&page_size=10", &f, &e));
	assert_true(!f.open && f.closed && f.codes == 2 && f.page == 3 && f.page_size == 10);
	assert_true(filter(&a, "start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", &f, &e));
	assert_true(f.until - f.from == 90 * day); /* never more at once */
	assert_true(filter(&a, "start_date=2026-01-01T00:00:00 08:00", &f, &e)); /* a plus nobody escaped */
	assert_true(filter(&a, "service_request_id=2611220000017,99", &f, &e));
	assert_int_equal(f.ids, 1);
	assert_false(filter(&a, "status=maybe", &f, &e));
	assert_string_equal(e.field, "status");
	assert_false(filter(&a, "start_date=yesterday", &f, &e));
	assert_false(filter(&a, "page_size=1001", &f, &e));
	assert_false(filter(&a, "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", &f, &e));
	arena_free(&a);
}

static bool post(struct arena *a, const char *body, struct open311_post *p, struct err *e)
{
	struct form form;

	return form_parse(a, body, strlen(body), &form, e) && open311_post(a, &form, 100, p, e) &&
	    open311_post_text(a, &form, "Street light", 100, p, e);
}

static void a_post_becomes_an_appeal(void **state)
{
	struct arena a = { 0 };
	struct open311_post p;
	struct err e;

	(void)state;
	assert_true(post(&a, "service_code=SL&lat=22.5&long=113.9&description=dark&attribute[pole]=7&attribute%5Btitle%5D=T"
	    "&first_name=%E6%98%8E&last_name=%E7%8E%8B&email=a@b&attribute[reply_wanted]=yes&media_url=http://x/y", &p, &e));
	assert_true(p.placed && p.appeal.located && p.appeal.reply_wanted && !p.appeal.confidential);
	assert_string_equal(p.appeal.duty_item, "SL");
	assert_string_equal(p.appeal.title, "T");
	assert_string_equal(p.appeal.text, "dark\npole: 7\nmedia_url: http://x/y");
	assert_string_equal(p.appeal.name, "王明");
	assert_true(post(&a, "service_code=general", &p, &e));
	assert_false(p.placed);
	assert_string_equal(p.appeal.duty_item, "");
	assert_string_equal(p.appeal.text, "Street light");
	assert_false(post(&a, "description=x", &p, &e));
	assert_string_equal(e.field, "service_code");
	assert_false(post(&a, "service_code=a&lat=1", &p, &e));
	assert_string_equal(e.field, "long");
	assert_false(post(&a, "service_code=a&lat=1x&long=2", &p, &e));
	assert_false(post(&a, "service_code=a&media_url=javascript:x", &p, &e));
	assert_false(post(&a, "service_code=a&description=%00", &p, &e));
	assert_false(post(&a, "service_code=a&description=%4", &p, &e));
	arena_free(&a);
}

static void fill(struct doc *d)
{
	open311_requests_begin(d);
	open311_request(d, &(struct open311_request){ .no = INT64_C(2611220000017), .open = true, .description = "<a> & \"b\"\n中",
	    .service_code = "x", .service_name = "y\x01", .notes = "triage", .agency = "", .address = "", .located = true,
	    .lat = 22.5, .lng = 113.9, .requested = USEC_S });
	open311_request(d, &(struct open311_request){ .no = 1, .description = "", .service_code = "", .service_name = "" });
	doc_end(d);
}

static void both_shapes_say_the_same(void **state)
{
	struct doc *j = doc_new(DOC_JSON), *x = doc_new(DOC_XML);
	const char *text;
	size_t len;
	json_t *list;
	xmlDocPtr xml;
	xmlNodePtr n;
	int requests = 0;

	(void)state;
	fill(j);
	fill(x);
	text = doc_finish(j, &len);
	list = json_loadb(text, len, 0, NULL);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "service_request_id")), "2611220000017");
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "description")), "<a> & \"b\"\n中");
	assert_true(json_is_number(json_object_get(json_array_get(list, 0), "lat")));
	assert_true(json_is_null(json_object_get(json_array_get(list, 1), "lat")));
	json_decref(list);
	text = doc_finish(x, &len);
	xml = xmlReadMemory(text, (int)len, NULL, NULL, XML_PARSE_NONET);
	assert_non_null(xml);
	assert_string_equal(xmlDocGetRootElement(xml)->name, "service_requests");
	for (n = xmlDocGetRootElement(xml)->children; n; n = n->next) {
		assert_string_equal(n->name, "request");
		requests++;
	}
	assert_int_equal(requests, 2);
	xmlFreeDoc(xml);
	doc_free(j);
	doc_free(x);
}

static void errors_in_both_shapes(void **state)
{
	struct doc *d = doc_new(DOC_JSON);
	size_t len;

	(void)state;
	open311_error(d, 404, "service_code was not found");
	assert_string_equal(doc_finish(d, &len), "[{\"code\":404,\"description\":\"service_code was not found\"}]");
	doc_free(d);
	d = doc_new(DOC_XML);
	open311_error(d, 404, "a<b");
	assert_non_null(strstr(doc_finish(d, &len), "<errors><error><code>404</code><description>a&lt;b</description></error></errors>"));
	doc_free(d);
	assert_int_equal(open311_status(ERR_UNKNOWN_KEY), 403);
	assert_int_equal(open311_status(ERR_MISSING), 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_and_suffixes), cmocka_unit_test(filters_have_the_standards_defaults),
		cmocka_unit_test(a_post_becomes_an_appeal), cmocka_unit_test(both_shapes_say_the_same),
		cmocka_unit_test(errors_in_both_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
