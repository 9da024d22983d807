#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "conf/routing.h"

/* --- what is shipped ---------------------------------------------------------------------------------------------- */

static struct routing_doc shipped;

static int load_shipped(void **state)
{
	struct err_list errs = { 0 };
	char text[512];

	(void)state;
	bool good = routing_load("conf", &shipped, &errs);
	for (size_t i = 0; i < errs.count; i++) {
		err_item_show(&errs.items[i], text, sizeof text);
		print_message("%s\n", text);
	}
	err_list_free(&errs);
	return good ? 0 : -1;
}

static int free_shipped(void **state)
{
	(void)state;
	routing_free(&shipped);
	return 0;
}

static size_t distinct(const struct sheet *s, int column)
{
	size_t n = 0;

	for (size_t i = 0; i < s->rows; i++) {
		size_t j = 0;
		while (j < i && strcmp(s->row[j].cell[column], s->row[i].cell[column]) != 0)
			j++;
		n += j == i;
	}
	return n;
}

static size_t count(const struct sheet *s, int column, const char *value)
{
	size_t n = 0;

	for (size_t i = 0; i < s->rows; i++)
		n += strcmp(s->row[i].cell[column], value) == 0;
	return n;
}

static void shipped_counts(void **state)
{
	const struct sheet *duty = &shipped.sheet[ROUTING_ITEMS], *places = &shipped.sheet[ROUTING_PLACES];

	(void)state;
	assert_true(duty->rows >= 300);
	assert_int_equal(distinct(duty, 1), 18);
	assert_true(distinct(duty, 2) >= 36);
	assert_int_equal(count(duty, 1, "噪声扰民"), 35);
	for (size_t i = 0; i < duty->rows; i++) {
		const char *keywords = duty->row[i].cell[5];
		int bars = 0;
		for (const char *p = keywords; *p; p++)
			bars += *p == '|';
		if (!duty->row[i].cell[4][0] || bars < 3)
			fail_msg("%s needs a definition and keywords", duty->row[i].cell[0]);
	}
	assert_true(shipped.sheet[ROUTING_UNITS].rows >= 60);
	assert_int_equal(count(&shipped.sheet[ROUTING_UNITS], 5, "执法"), 6); /* one in each street */
	assert_int_equal(count(places, 2, "district"), 9);
	assert_int_equal(count(places, 2, "street"), 79);
	assert_int_equal(count(places, 2, "community"), 788);
	assert_true(shipped.sheet[ROUTING_KNOWLEDGE].rows >= 30);
	for (size_t i = 0; i < shipped.sheet[ROUTING_KNOWLEDGE].rows; i++)
		assert_non_null(strstr(shipped.sheet[ROUTING_KNOWLEDGE].row[i].cell[3], "【"));
	assert_true(json_array_size(shipped.channels) >= 6);
	assert_true(json_array_size(shipped.reasons) >= 20);
	assert_int_equal(json_array_size(json_object_get(shipped.policy, "shifts")), 6);
}

static void shipped_limits(void **state)
{
	static const struct {
		const char *priority;
		int dispatch_s;
	} want[] = { { "urgent", 1800 }, { "fast", 7200 }, { "normal", 28800 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const json_t *p = json_object_get(json_object_get(shipped.policy, "priorities"), want[i].priority);
		assert_int_equal(json_integer_value(json_object_get(p, "dispatch_s")), want[i].dispatch_s);
		assert_true(json_is_integer(json_object_get(p, "handle_days")) &&
		    json_is_integer(json_object_get(p, "contact_s")));
	}
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(shipped.policy, "lead"), "fallback")), "分拨@district");
}

/* Make-up workdays stand on weekends, and no holiday is worked. */
static void shipped_calendar(void **state)
{
	const struct sheet *c = &shipped.sheet[ROUTING_CALENDAR];

	(void)state;
	assert_int_equal(count(c, 1, "yes"), 5 + 6);
	for (size_t i = 0; i < c->rows; i++) {
		int y, m, d;
		static const int t[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
		assert_int_equal(sscanf(c->row[i].cell[0], "%d-%d-%d", &y, &m, &d), 3);
		int yy = y - (m < 3), weekday = (yy + yy / 4 - yy / 100 + yy / 400 + t[m - 1] + d) % 7; /* 0 = Sunday */
		if (strcmp(c->row[i].cell[1], "yes") == 0)
			assert_true(weekday == 0 || weekday == 6);
	}
}

static void shipped_files_are_written_as_they_are(void **state)
{
	(void)state;
	for (int part = 0; part < ROUTING_PARTS; part++) {
		struct buf out = { 0 };
		assert_true(routing_export(&shipped, (enum routing_part)part, &out));
		if (out.len != shipped.text[part].len || memcmp(out.data, shipped.text[part].data, out.len) != 0)
			fail_msg("%s.csv is not in the form fenboctl export writes", routing_kind[part].name);
		buf_free(&out);
	}
}

/* Rows as SQL would give them back make the same file. */
static void rows_make_the_same_file(void **state)
{
	json_t *doc = routing_json(&shipped);

	(void)state;
	assert_null(json_object_get(doc, "enterprises")); /* the list goes by itself */
	for (int part = 0; part < ROUTING_PARTS; part++) {
		struct buf out = { 0 };

		if (part == ROUTING_ENTERPRISES)
			continue;
		json_t *rows = json_object_get(doc, routing_part_key((enum routing_part)part));
		assert_true(json_is_array(rows));
		assert_true(routing_export_rows((enum routing_part)part, rows, false, false, &out));
		assert_int_equal(out.len, shipped.text[part].len);
		assert_memory_equal(out.data, shipped.text[part].data, out.len);
		buf_free(&out);
	}
	assert_true(json_is_object(json_object_get(doc, "policy")));
	json_t *files = routing_files(&shipped);
	assert_int_equal(json_object_size(files), ROUTING_PARTS);
	assert_non_null(strstr(json_string_value(json_object_get(files, "routing.ini")), "[priority.urgent]"));
	json_decref(files);
	json_decref(doc);
}

/* --- what is wrong ------------------------------------------------------------------------------------------------ */

static const char whole[] =
    "[centre]\nname = x\n[priority.urgent]\ndispatch = 30m\nhandle_days = 1\n[priority.fast]\ndispatch = 2h\n"
    "handle_days = 3\n[priority.normal]\ndispatch = 8h\nhandle_days = 5\n";

static bool add(struct routing_doc *doc, int part, const char *text, struct err_list *errs)
{
	return routing_parse(part, "t", text, strlen(text), doc, errs);
}

#define PLACES "code,name,level,parent\nC,City,city,\nD,East,district,C\nS1,One,street,D\nS2,Two,street,D\n"
#define UNITS \
	"code,name,level,function,area,parent\nZJ,House,district,住建,D,\nO1,Law one,street,执法,S1,ZJ\nO2,Law two,street,执法,S2,ZJ\n"
#define ITEMS "code,category,class,name,handle_days,lead,assist\n"

static void cross_checks(void **state)
{
	static const struct { const char *places, *units, *items, *says;
	} cases[] = {
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,住建@区,执法@街道\n", NULL },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,ZJ,O1\n", NULL },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,NO,\n", "the unit NO does not exist" },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,ZJ,NO\n", "the unit NO does not exist" },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,消防@区,\n", "no unit is 消防@district anywhere" },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,住建@街道,\n", "no unit is 住建@street anywhere" },
		{ PLACES, UNITS "X1,Urban,street,城管,S1,ZJ\n", ITEMS "a,x,y,z,3,城管@街道,\n",
		    "no unit is 城管@street for S2" },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,ZJ,\na,x,y,w,3,ZJ,\n", "a is already on line 2" },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,ZJ,\nb,x,y,z,3,ZJ,\n", "stands twice in its class" },
		{ PLACES, UNITS, ITEMS "a,x,y,z,3,ZJ,ZJ\n", "cannot both lead and assist" },
		{ PLACES, UNITS "ZJ,Again,district,,,\n", NULL, "ZJ is already on line 2" },
		{ PLACES, "code,name,level,parent\na,A,区,b\nb,B,区,a\n", NULL, "is above itself" },
		{ PLACES, "code,name,level,parent\na,A,区,a\n", NULL, "is above itself" },
		{ PLACES, "code,name,level,parent\na,A,区,zz\n", NULL, "the parent zz does not exist" },
		{ PLACES, "code,name,level,area\na,A,区,zz\n", NULL, "the place zz does not exist" },
		{ PLACES, UNITS "O3,Law three,street,执法,S1,ZJ\n", NULL, "both are 执法@street in one area" },
		{ PLACES "S1,One,street,C\n", NULL, NULL, "S1 stands under two parents: D on line 4, C here" },
		{ PLACES "S1,One,street,D\n", NULL, NULL, "S1 is already on line 4" },
		{ PLACES "S3,One,street,D\n", NULL, NULL, "One stands twice in D" },
		{ PLACES "D2,West,district,S1\n", NULL, NULL, "cannot lie in" },
		{ PLACES "M,Loose,community,\n", NULL, NULL, "needs a parent" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct routing_doc doc = { 0 };
		struct err_list errs = { 0 };
		bool said = false;
		assert_true(add(&doc, ROUTING_PARTS, whole, &errs));
		assert_true(add(&doc, ROUTING_PLACES, cases[i].places, &errs));
		if (cases[i].units && !add(&doc, ROUTING_UNITS, cases[i].units, &errs))
			fail_msg("%zu: %s", i, errs.items[0].err.message);
		if (cases[i].items && !add(&doc, ROUTING_ITEMS, cases[i].items, &errs))
			fail_msg("%zu: %s", i, errs.items[0].err.message);
		bool good = routing_check(&doc, &errs);
		for (size_t k = 0; k < errs.count; k++)
			said = said || (cases[i].says && strstr(errs.items[k].err.message, cases[i].says));
		if (good != !cases[i].says || (cases[i].says && !said))
			fail_msg("case %zu: %s", i, errs.count ? errs.items[0].err.message : "taken");
		err_list_free(&errs);
		routing_free(&doc);
	}
}

static void templates_are_closed(void **state)
{
	static const char *const bad[] = { "您好【姓名", "您好】", "【】", "【a【b】】" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct routing_doc doc = { 0 };
		struct err_list errs = { 0 };
		char text[200];
		snprintf(text, sizeof text, "code,title,template\nk,t,%s\n", bad[i]);
		assert_true(add(&doc, ROUTING_KNOWLEDGE, text, &errs));
		assert_false(routing_check(&doc, &errs));
		err_list_free(&errs);
		routing_free(&doc);
	}
}

static void policy_errors(void **state)
{
	static const struct { const char *more, *says;
	} cases[] = {
		{ "", NULL },
		{ "[clock.dispatch]\nrungs = -10m owner notice | 0 supervisor alarm\n", NULL },
		{ "[clock.dispatch]\nrungs = 0 owner notice | -1m owner alarm\n", "ascending" },
		{ "[clock.dispatch]\nrungs = 5m nobody notice\n", "TIME WHO WHAT" },
		{ "[clock.dispatch]\nrungs = 5m owner fly\n", "TIME WHO WHAT" },
		{ "[clock.dispatch]\nrungs = 5m owner notice |\n", "TIME WHO WHAT" },
		{ "[clock.dispatch]\nrungs = 80% owner notice | -1m dispatchers alarm | 120% district letter\n", NULL },
		{ "[clock.dispatch]\nrungs = 120% owner notice | 80% owner alarm\n", "ascending" },
		{ "[clock.dispatch]\nrungs = 120% owner notice | -1m owner alarm\n", "ascending" },
		{ "[clock.dispatch]\nrungs = 0 owner notice | 90% owner alarm\n", "ascending" },
		{ "[clock.dispatch]\nrungs = 0% owner notice\n", "TIME WHO WHAT" },
		{ "[clock.dispatch]\nrungs = 1100% owner notice\n", "TIME WHO WHAT" },
		{ "[clock.dispatch]\nrungs = -5m owner notice | 90% owner alarm\n", "do not ascend for fast" },
		{ "[clock.handle]\nrungs = -1d unit notice | 1d unit letter | 2d4h head alarm\n", NULL },
		{ "[clock.handle.urgent]\nrungs = 0 unit letter\n", NULL },
		{ "[clock.handle.urgent]\nrungs = 0 unit bomb\n", "TIME WHO WHAT" },
		{ "[clock.handle.urgent]\ncalendar = always\n", "no such key" },
		{ "[clock.handle.slow]\nrungs = 0 unit letter\n", "unknown section" },
		{ "[clock.dispatch]\ncalendar = sometimes\n", "always or working" },
		{ "[thresholds]\ngate = 1.5\n", "from 0 to 1" },
		{ "[working]\ndays = 1 2 9\n", "weekdays" },
		{ "[working]\nam = 12:00-09:00\n", "09:00-12:00" },
		{ "[working]\nquiet = 22:00-07:00\n", NULL },
		{ "[lead]\nfallback = 分拨\n", "function@level" },
		{ "[colours]\na = b\n", "unknown section" },
		{ "[chase]\nlift = 1h\nlower = 1\n", "no such key" },
		{ "[shift.1]\nname = a\nstart = 00:00\nend = 12:00\n", "nobody is on at 12:00" },
		{ "[shift.1]\nname = a\nstart = 00:00\nend = 13:00\n[shift.2]\nname = b\nstart = 12:00\nend = 24:00\n",
		    "two shifts are on at 12:00" },
		{ "[shift.1]\nname = a\nstart = 20:00\nend = 08:00\n[shift.2]\nname = b\nstart = 08:00\nend = 20:00\n",
		    NULL },
#define TWO "[shift.1]\nname = a\nstart = 20:00\nend = 08:00\n[shift.2]\nname = b\nstart = 08:00\nend = 20:00\n" \
	"[crew.1]\nname = c\n[crew.2]\nname = d\n[rotation]\nfirst = 2026-01-01\ncycle = "
		{ TWO "1 2 | 2 1\n", NULL },
		{ TWO "1+2 - | - 2\n", NULL },
		{ TWO "1 2 | 2\n", "day 2 has 1 entries for 2 shifts" },
		{ TWO "1 2 |\n", "day 2 has 0 entries for 2 shifts" },
		{ TWO "1 3\n", "day 1: there is no section [crew.3]" },
		{ TWO "1 2 | 2 1x\n", "day 2: expected a crew's number" },
		{ TWO "1 2+2\n", "day 1: crew 2 stands twice" },
		{ TWO "1 2+\n", "expected a crew's number" },
		{ "[crew.100]\nname = a\n", "number from 1 to 99" },
		{ "[crew.1]\n", "a crew needs a name" },
		{ "[crew.1]\nname = a\nsize = 3\n", "no such key" },
		{ "[rotation]\nfirst = 2026-02-30\ncycle = 1\n", "the day on which the cycle begins" },
		{ "[rotation]\nfirst = 2026-01-01\ncycle = 1\n", "needs shifts" },
		{ "[shift.1]\nname = a\nstart = 00:00\nend = 24:00\n", NULL },
		{ "[shift.1]\nname = a\nstart = 24:00\nend = 00:00\n", "expected start" },
#undef TWO
		{ "[balance]\nmost_held = 2000\n", "from 0 to 1000" },
		{ "[handover]\nfree_leases = perhaps\n", "yes or no" },
		{ "[reason.fly]\na = b\n", "no action that takes a reason" },
		{ "[reason.override]\n", "no reasons" },
		{ "[channel.app]\nplace = 1\n", "needs a name" },
		{ "[chase]\nlift = 30\n", "such as 30m" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct routing_doc doc = { 0 };
		struct err_list errs = { 0 };
		char text[2000];
		snprintf(text, sizeof text, "%s%s", whole, cases[i].more);
		bool good = add(&doc, ROUTING_PARTS, text, &errs);
		if (good != !cases[i].says || (cases[i].says && !strstr(errs.items[0].err.message, cases[i].says)))
			fail_msg("case %zu: %s", i, errs.count ? errs.items[0].err.message : "taken");
		err_list_free(&errs);
		routing_free(&doc);
	}
}

static void a_pressing_case_has_less_time(void **state)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };

	(void)state;
	assert_false(add(&doc, ROUTING_PARTS,
	    "[centre]\nname = x\n[priority.urgent]\ndispatch = 3h\nhandle_days = 1\n[priority.fast]\n"
	    "dispatch = 2h\nhandle_days = 3\n[priority.normal]\ndispatch = 8h\nhandle_days = 5\n",
	    &errs));
	assert_non_null(strstr(errs.items[0].err.message, "urgent has a longer limit (dispatch_s) than fast"));
	err_list_free(&errs);
	assert_false(add(&doc, ROUTING_PARTS, "[centre]\nname = x\n", &errs));
	assert_int_equal(errs.count, 6); /* three times dispatch and handle_days */
	err_list_free(&errs);
	routing_free(&doc);
}

static void what_is_not_there(void **state)
{
	struct routing_doc doc;
	struct err_list errs = { 0 };

	(void)state;
	assert_false(routing_load("/nowhere", &doc, &errs));
	assert_false(routing_load("tests/fuzz", &doc, &errs)); /* a folder without routing */
	assert_false(routing_load("Makefile", &doc, &errs));
	assert_int_equal(errs.count, 3);
	err_list_free(&errs);
	assert_true(routing_load("conf/calendar.csv", &doc, &errs));
	assert_true(doc.has[ROUTING_CALENDAR] && !doc.has[ROUTING_UNITS] && !doc.has_policy);
	routing_free(&doc);
	assert_true(routing_load("conf/routing.ini", &doc, &errs)); /* takes the tables beside it along */
	assert_true(doc.has[ROUTING_UNITS] && doc.has_policy);
	routing_free(&doc);
	enum routing_part part;
	assert_true(routing_part_parse("duty", &part) && part == ROUTING_ITEMS);
	assert_true(routing_part_parse("places", &part) && part == ROUTING_PLACES);
	assert_false(routing_part_parse("poems", &part));
}

/* routing_check.c counts columns; this holds it to routing_kind.c. */
static void columns_stand_where_they_are_counted(void **state)
{
	static const struct { enum routing_part part; int column; const char *name;
	} want[] = {
		{ ROUTING_UNITS, 3, "parent" },
		{ ROUTING_UNITS, 4, "level" },
		{ ROUTING_UNITS, 5, "function" },
		{ ROUTING_UNITS, 6, "area" },
		{ ROUTING_UNITS, 8, "active" },
		{ ROUTING_ITEMS, 1, "category" },
		{ ROUTING_ITEMS, 3, "name" },
		{ ROUTING_ITEMS, 5, "keywords" },
		{ ROUTING_ITEMS, 6, "priority" },
		{ ROUTING_ITEMS, 8, "lead" },
		{ ROUTING_ITEMS, 9, "assist" },
		{ ROUTING_ITEMS, 10, "steps" },
		{ ROUTING_PLACES, 1, "name" },
		{ ROUTING_PLACES, 2, "level" },
		{ ROUTING_PLACES, 3, "parent" },
		{ ROUTING_KNOWLEDGE, 3, "template" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_string_equal(routing_kind[want[i].part].columns[want[i].column].name, want[i].name);
	for (int part = 0; part < ROUTING_PARTS; part++)
		assert_true(routing_kind[part].ncolumns <= SHEET_COLUMNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_counts),
		cmocka_unit_test(shipped_limits),
		cmocka_unit_test(shipped_calendar),
		cmocka_unit_test(shipped_files_are_written_as_they_are),
		cmocka_unit_test(rows_make_the_same_file),
		cmocka_unit_test(cross_checks),
		cmocka_unit_test(templates_are_closed),
		cmocka_unit_test(policy_errors),
		cmocka_unit_test(a_pressing_case_has_less_time),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(columns_stand_where_they_are_counted),
	};

	return cmocka_run_group_tests(tests, load_shipped, free_shipped);
}
