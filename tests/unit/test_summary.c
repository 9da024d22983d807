#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/appeal/summary.h"

/* JSON reads better with ' for ": it is turned round before it is decoded. */
#define FRAME "{'id':'2611220000126','version':3,'stage':'triage','priority':'urgent'," \
	"'received_at':'2026-11-22T17:12:40+08:00'"

static struct summary_hold *hold;
static struct err e;

static bool
decode(const char *text, struct summary *s)
{
	static char json[32768];
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		json[i] = text[i] == '\'' ? '"' : text[i];
	summary_release(hold);
	memset(&e, 0, sizeof e);
	return summary_decode(json, len, s, &hold, &e);
}

static int
end(void **state)
{
	(void)state;
	summary_release(hold);
	hold = NULL;
	summary_release(NULL);
	return 0;
}

static void
a_whole_frame(void **state)
{
	struct summary s;

	(void)state;
	assert_true(decode(FRAME ",'rank_at':'2026-11-22T17:00:00Z','due_at':'2026-11-22T17:42:40.5+08:00',"
	    "'clock':'dispatch','desk':'centre','unit':'zjj','item':'R12','owner':'zhang',"
	    "'lease_until':'2026-11-22 17:13:40+08','channel':'hotline','title':'小区门口燃气味很大',"
	    "'place':'航城街道','top':['zjj',0.97],'repeats':2,'chased':1,'returned':4,'redo':5,'burst':4294967296,"
	    "'flags':['danger','reply_wanted','of the future',7],'at':'2026-11-22T17:12:41+08:00','by':{},'whence':'x','new':[1]}", &s));
	assert_int_equal(s.no, INT64_C(2611220000126));
	assert_int_equal(s.version, 3);
	assert_int_equal(s.stage, STAGE_TRIAGE);
	assert_int_equal(s.priority, PRIORITY_URGENT);
	assert_int_equal(s.received_at, INT64_C(1795338760) * USEC_S);
	assert_int_equal(s.rank_at, INT64_C(1795366800) * USEC_S);
	assert_int_equal(s.due_at, INT64_C(1795340560) * USEC_S + 500000);
	assert_int_equal(s.lease_until, INT64_C(1795338820) * USEC_S);
	assert_int_equal(s.flags, FLAG_DANGER | FLAG_REPLY);
	assert_int_equal(s.chased * 1000 + s.returned * 100 + s.redo * 10 + s.repeats, 1452);
	assert_int_equal(s.burst, INT64_C(4294967296));
	assert_true(s.top_p > 0.969f && s.top_p < 0.971f);
	assert_string_equal(s.top_unit, "zjj");
	assert_string_equal(s.clock, "dispatch");
	assert_string_equal(s.desk, "centre");
	assert_string_equal(s.unit, "zjj");
	assert_string_equal(s.item, "R12");
	assert_string_equal(s.owner, "zhang");
	assert_string_equal(s.channel, "hotline");
	assert_string_equal(s.title, "小区门口燃气味很大");
	assert_string_equal(s.place, "航城街道");
}

static void
absent_and_null_are_the_same(void **state)
{
	struct summary s;

	(void)state;
	assert_true(decode(FRAME "}", &s));
	assert_int_equal(s.rank_at, s.received_at);
	assert_int_equal(s.due_at, 0);
	assert_int_equal(s.flags, 0);
	const char *const texts[] = { s.clock, s.desk, s.unit, s.item, s.owner, s.channel, s.title, s.place,
	    s.top_unit };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_string_equal(texts[i], "");
	assert_true(decode(FRAME ",'due_at':null,'top':null,'flags':null,'repeats':null,'burst':null,'title':null}", &s));
	assert_true(decode(FRAME ",'rank_at':null}", &s));
	assert_true(decode(FRAME ",'top':[],'flags':[]}", &s));
	assert_true(decode(FRAME ",'top':[null,null]}", &s));
}

static void
refused(const char *json, enum err_code code, const char *field)
{
	struct summary s;

	if (decode(json, &s))
		fail_msg("%s passes", json);
	assert_null(hold);
	assert_int_equal(s.no, 0);
	if (e.code != code || strcmp(e.field, field) != 0)
		fail_msg("%s: %s, %s, %s", json, err_name(e.code), e.field, e.message);
}

static void
what_does_not_fit_is_named(void **state)
{
	static const struct { const char *more, *field; } wrong[] = {
		{ "'due_at':'tomorrow'", "due_at" }, { "'due_at':7", "due_at" },
		{ "'lease_until':'2026-11-22'", "lease_until" }, { "'chased':-1", "chased" },
		{ "'chased':1.5", "chased" }, { "'repeats':2147483648", "repeats" }, { "'redo':'1'", "redo" }, { "'burst':-1", "burst" }, { "'burst':'7'", "burst" },
		{ "'title':7", "title" }, { "'flags':'danger'", "flags" }, { "'top':'zjj'", "top" },
		{ "'top':['zjj']", "top" }, { "'top':['zjj',1.01]", "top" },
		{ "'top':['zjj',-0.1]", "top" }, { "'top':[7,0.5]", "top" }, { "'top':{}", "top" },
	};
	char json[512];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		snprintf(json, sizeof json, FRAME ",%s}", wrong[i].more);
		refused(json, ERR_INVALID, wrong[i].field);
	}
	refused("{}", ERR_MISSING, "id");
	refused("{'id':'2611220000126'}", ERR_MISSING, "version");
#define REST "'received_at':'2026-11-22T17:12:40Z'}"
	refused("{'id':2611220000126,'version':1,'stage':'triage','priority':'fast'," REST, ERR_INVALID, "id");
	refused("{'id':'2611220000123','version':1,'stage':'triage','priority':'fast'," REST, ERR_INVALID, "id");
	refused("{'id':'2611220000126','version':1,'stage':'lost','priority':'fast'," REST, ERR_INVALID, "stage");
	refused("{'id':'2611220000126','version':1,'stage':'triage','priority':''," REST, ERR_INVALID, "priority");
}

static void
what_is_not_json_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "null", "[]", "'x'", "{", FRAME, FRAME "} x", FRAME ",'version':4}",
		FRAME ",'title':'\\u0000'}", FRAME ",'title':'\xff'}", FRAME ",'title':'\\ud800'}",
		FRAME ",'chased':1e999}", FRAME ",'chased':99999999999999999999}"
	};
	static char deep[20000];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refused(bad[i], ERR_INVALID, "");
	memset(deep, '[', sizeof deep - 1);
	refused(deep, ERR_INVALID, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_whole_frame, end),
		cmocka_unit_test_teardown(absent_and_null_are_the_same, end),
		cmocka_unit_test_teardown(what_does_not_fit_is_named, end),
		cmocka_unit_test_teardown(what_is_not_json_is_refused, end),
	};
	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
