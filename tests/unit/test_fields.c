/*
 * Fields out of free text, on sentences of our own (tests/unit/fields/): tune.tsv was looked at while the readers were made, apart.tsv once
 * they stood, fresh.tsv was written last. Prints right, wrong and missed for each field; below 95 % precision or 90 % recall is a failure. And hostile text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "conf/routing.h"
#include "core/base/clock.h"
#include "core/base/utf8.h"
#include "core/machine/fields.h"
#include "tests/tools/shipped.h"

static struct shipped world;
static usec_t received;

enum field { KIND, PHONE, OWN, PERSON, TIME, PLATE, URGENCY, FIELD_COUNT };
static const char *const field_name[FIELD_COUNT] = { "kind", "phone", "own", "person", "time", "plate", "urgency" };
struct count { int right, wrong, missed; };

static int
setup(void **state)
{
	(void)state;
	clock_zone("Asia/Shanghai");
	clock_parse("2026-11-22T18:30:00+08:00", 25, &received);
	return shipped_load(&world) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	shipped_free(&world);
	return 0;
}

static void
find(const char *text, struct fields_found *out)
{
	struct fields_query q = { .text = text, .text_len = strlen(text), .received = received, .priority = PRIORITY_NORMAL, .place = { -1, -1 } };

	fields_find(world.fields, NULL, &q, out);
}

/* The words of a span, appended to a list with blanks between. */
static void
add_piece(char *list, size_t size, const char *text, struct span at)
{
	size_t len = strlen(text), from = utf8_offset(text, len, (size_t)at.start), to = utf8_offset(text, len, (size_t)at.end), used = strlen(list);

	assert_true(at.start >= 0 && at.end > at.start && (size_t)at.end <= utf8_count(text, len));
	snprintf(list + used, size - used, "%s%.*s", used ? " " : "", (int)(to - from), text + from);
}

static void
say(const struct fields_found *f, const char *text, char said[FIELD_COUNT][256])
{
	memset(said, 0, FIELD_COUNT * sizeof said[0]);
	snprintf(said[KIND], 256, "%s", said_kind_name(f->type));
	for (int i = 0; i < f->phones; i++) {
		add_piece(said[PHONE], 256, text, f->phone[i].at);
		if (f->phone[i].own && !*said[OWN])
			snprintf(said[OWN], 256, "%s", f->phone[i].digits);
	}
	if (f->named)
		add_piece(said[PERSON], 256, text, f->person);
	if (f->timed) {
		int y, mo, d, h, mi;

		clock_local(f->time.when, &y, &mo, &d, &h, &mi, NULL);
		snprintf(said[TIME], 256, "%04d-%02d-%02d %02d:%02d", y, mo, d, h, mi);
	}
	for (int i = 0; i < f->plates; i++)
		add_piece(said[PLATE], 256, text, f->plate[i]);
	snprintf(said[URGENCY], 256, "%s", f->urgency.danger ? "u" : f->urgency.priority == PRIORITY_FAST ? "f" : "");
	for (int i = 0; i < FIELD_COUNT; i++)
		if (!*said[i])
			strcpy(said[i], "-");
}

static void
judge(const char *file, const char *text, char *label[FIELD_COUNT], struct count *count)
{
	char said[FIELD_COUNT][256];
	struct fields_found f;

	find(text, &f);
	say(&f, text, said);
	for (int i = 0; i < FIELD_COUNT; i++) {
		bool same = strcmp(said[i], label[i]) == 0, none = strcmp(label[i], "-") == 0, nothing = strcmp(said[i], "-") == 0;

		count[i].right += same && !none;
		count[i].wrong += !same && !nothing;
		count[i].missed += !same && !none;
		if (!same && getenv("FENBO_FIELDS_SHOW"))
			print_message("%s %s: %s, want %s: %s\n", file, field_name[i], said[i], label[i], text);
	}
}

static int
run(const char *path, struct count *count)
{
	FILE *in = fopen(path, "r");
	char line[4096];
	int n = 0;

	assert_non_null(in);
	while (fgets(line, sizeof line, in)) {
		char *label[FIELD_COUNT + 1], *at = line;

		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		for (int i = 0; i <= FIELD_COUNT; i++) {
			label[i] = at;
			at = strchr(at, '\t');
			assert_true(i == FIELD_COUNT || at);
			if (at)
				*at++ = '\0';
		}
		judge(path, label[FIELD_COUNT], label, count);
		n++;
	}
	fclose(in);
	return n;
}

static double
share(int part, int rest)
{
	return part + rest ? (double)part / (part + rest) : 1;
}

static void
test_labelled(void **state)
{
	struct count part[2][FIELD_COUNT] = { 0 };
	int n = run("tests/unit/fields/tune.tsv", part[0]) + run("tests/unit/fields/apart.tsv", part[0]);
	int apart = run("tests/unit/fields/fresh.tsv", part[1]);

	(void)state;
	print_message("%d sentences looked at, %d fresh ones\n%-8s %28s   %s\n", n, apart, "field", "all: right wrong missed  P R", "fresh: right wrong missed  P R");
	assert_true(n + apart >= 150);
	for (int i = 0; i < FIELD_COUNT; i++) {
		struct count a = part[1][i], b = { a.right + part[0][i].right, a.wrong + part[0][i].wrong, a.missed + part[0][i].missed };

		print_message("%-8s %12d %5d %6d  %.3f %.3f   %6d %5d %6d  %.3f %.3f\n", field_name[i], b.right, b.wrong, b.missed, share(b.right, b.wrong),
		    share(b.right, b.missed), a.right, a.wrong, a.missed, share(a.right, a.wrong), share(a.right, a.missed));
	}
	for (int i = 0; i < FIELD_COUNT; i++) {
		struct count b = { part[0][i].right + part[1][i].right, part[0][i].wrong + part[1][i].wrong, part[0][i].missed + part[1][i].missed };

		assert_true(share(b.right, b.wrong) >= 0.95);
		assert_true(share(b.right, b.missed) >= 0.90);
	}
}

static void
test_keywords(void **state)
{
	FILE *in = fopen("tests/unit/fields/keywords.tsv", "r");
	char line[1024], found[512], *text, *word, *rest;
	int right = 0, missed = 0;

	(void)state;
	assert_non_null(in);
	while (fgets(line, sizeof line, in)) {
		struct fields_found f;

		line[strcspn(line, "\n")] = '\0';
		if (*line == '#' || !(text = strchr(line, '\t')))
			continue;
		*text++ = '\0';
		find(text, &f);
		*found = '\0';
		for (int i = 0; i < f.keywords; i++)
			add_piece(found, sizeof found, text, f.keyword[i]);
		for (word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
			bool in_it = strstr(found, word) != NULL;

			right += in_it;
			missed += !in_it;
			if (!in_it && getenv("FENBO_FIELDS_SHOW"))
				print_message("keyword %s is not among %s: %s\n", word, found, text);
		}
	}
	fclose(in);
	for (int i = 0; i < 3; i++) { /* a name is none, however often it stands there */
		static const char *const texts[] = { "老板李小明骗人，李小明不退钱，李小明跑了", "王大锤王大锤王大锤", "经理赵六态度差，赵六骂人" };
		struct fields_found f;

		find(texts[i], &f);
		*found = '\0';
		for (int k = 0; k < f.keywords; k++)
			add_piece(found, sizeof found, texts[i], f.keyword[k]);
		assert_true(!strstr(found, "小明") && !strstr(found, "李") && !strstr(found, "王") && !strstr(found, "赵"));
	}
	print_message("keywords %d found, %d missed\n", right, missed);
	assert_true(share(right, missed) >= 0.90);
}

/* No keyword out of a number, a name or half a word; the matter itself stays one. */
static void
test_keywords_apart(void **state)
{
	static const struct { const char *text, *none, *some; } rows[] = {
		{ "身份证440301198001011234，路灯坏了", "119", "路灯" }, { "身份证440301-19800119-1234的人要打119，着火了", "", "119" }, { "编号20171191", "119", "" }, { "电话一三八零零一三八零零零，一三八零零一三八零零零", "三八", "" },
		{ "电话1191191191", "119", "" }, { "微信号ouyang1980，手机没信号", "微信号 号o", "没信号" }, { "加我微信号，路灯不亮", "信号", "不亮" }, { "有人要跳楼", "要跳", "跳楼" }, { "刚才等公交等了半小时", "半小时", "公交" },
		{ "粤B12345违停", "粤 12345", "违停" }, { "我叫李路灯，电话13800138000", "路灯", "" }, { "wx: ludeng119", "119", "" }, { "被困难户补贴，生活被困扰", "被困", "补贴" }, { "邮箱ludeng@example.com", "led", "" }, { "I cannot sleep because of construction", "le", "" },
	};
	char found[512];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fields_found f;
		char none[64], *word, *rest;

		find(rows[i].text, &f);
		*found = '\0';
		for (int k = 0; k < f.keywords; k++)
			add_piece(found, sizeof found, rows[i].text, f.keyword[k]);
		snprintf(none, sizeof none, "%s", rows[i].none);
		for (word = strtok_r(none, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
			if (strstr(found, word))
				print_error("%s: \"%s\" has %s\n", rows[i].text, found, word);
			assert_null(strstr(found, word));
		}
		if (!strstr(found, rows[i].some))
			print_error("%s: \"%s\" has no %s\n", rows[i].text, found, rows[i].some);
		assert_non_null(strstr(found, rows[i].some));
	}
}

/* What the shipped policy raises, and what it does not. */
static void
test_shipped_danger(void **state)
{
	static const char *const danger[] = { "电梯困人", "小区三号楼电梯困人，里面有老人", "困在电梯里了", "有人被困", "塌方", "3号电梯困了两个人", "小孩卡在电梯里", "煤气泄露", "天然气好像泄漏", "我家漏gas了", "瓦斯味", "煤气味", "gas leak, help", "ＧＡＳ 泄漏", "fire!", "two people trapped", "the wall collapsed", "blood everywhere" };
	static const char *const calm[] = { "溺水安全教育", "火灾宣传", "地震逃生演练", "被困难群众补贴困扰", "贫困人口", "fire drill", "sleep", "经常电梯困人" };
	struct fields_found f;

	(void)state;
	for (size_t i = 0; i < sizeof danger / sizeof *danger; i++) {
		find(danger[i], &f);
		if (!f.urgency.danger)
			print_error("missed: %s\n", danger[i]);
		assert_true(f.urgency.danger && f.urgency.hits > 0);
	}
	for (size_t i = 0; i < sizeof calm / sizeof *calm; i++) {
		find(calm[i], &f);
		if (f.urgency.danger)
			print_error("false alarm: %s\n", calm[i]);
		assert_false(f.urgency.danger);
	}
}

/* Anything at all: an answer with spans inside the text, soon. */
static void
hostile(const char *text, size_t len, usec_t most)
{
	struct fields_query q = { .text = text, .text_len = len, .received = received, .priority = PRIORITY_NORMAL, .place = { -1, -1 } };
	struct fields_found f;
	int points = (int)utf8_count(text, len);
	usec_t begun = clock_monotonic();

	fields_find(world.fields, NULL, &q, &f);
	assert_true(clock_monotonic() - begun < most);
	assert_true(!f.named || (f.person.start >= 0 && f.person.end <= points && f.person.start < f.person.end));
	assert_true(!f.timed || (f.time.at.start >= 0 && f.time.at.end <= points && f.time.at.start < f.time.at.end));
	assert_true(f.type == SAID_NOTHING || f.type_at.end <= points);
	for (int i = 0; i < f.phones; i++)
		assert_true(f.phone[i].at.start >= 0 && f.phone[i].at.end <= points);
	for (int i = 0; i < f.plates; i++)
		assert_true(f.plate[i].start >= 0 && f.plate[i].end <= points);
	for (int i = 0; i < f.keywords; i++)
		assert_true(f.keyword[i].start >= 0 && f.keyword[i].end <= points);
}

static void
test_hostile(void **state)
{
	static const char *const units[] = { "1", "一", "点", "年1月1日", "昨", "我叫", "粤B", "投诉", "火", "燃气味", "没有燃气味", "：", "13800138000", "\xff", "😀", "\x01", "a", "车牌", "如果",
		"联系人：", "五点", "路路" };
	static const char *const texts[] = { "", " ", "\n", "Это жалоба на шум во дворе.", "يوجد حريق", "夜中に工事の音がうるさいです", "\xe7\x87", "\xff\xfe\xfd", "\x1b[2J", "我", "1" };
	size_t n = 1 << 20;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		hostile(texts[i], strlen(texts[i]), USEC_S);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t len = strlen(units[i]), used = 0;

		for (; used + len <= n; used += len)
			memcpy(text + used, units[i], len);
		hostile(text, used, USEC_S);
	}
	for (unsigned seed = 1, round = 0; round < 50; round++) { /* noise */
		for (size_t i = 0; i < 4096; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = (char)(seed >> 16);
		}
		hostile(text, 4096, USEC_S);
	}
	free(text);
}

/* The title is asked for the kind when the text does not say it; the policy's own words count. */
static void
test_title_and_policy(void **state)
{
	static const char *const own[] = { "锦上添花" };
	struct fields_policy policy = { .types = { .word = { [SAID_OTHER] = own }, .n = { [SAID_OTHER] = 1 } } };
	struct fields *f = fields_new(&policy, NULL);
	struct fields_query q = { .text = "楼下的灯坏了", .text_len = strlen("楼下的灯坏了"), .title = "投诉物业", .received = received, .place = { -1, -1 } };
	struct fields_found out;

	(void)state;
	fields_find(f, NULL, &q, &out);
	assert_int_equal(out.type, SAID_COMPLAINT);
	assert_true(out.type_in_title);
	assert_false(out.urgency.danger);
	q.title = "三楼着火了";
	fields_find(f, NULL, &q, &out);
	assert_true(out.urgency.danger);
	assert_int_equal(out.urgency.priority, PRIORITY_URGENT);
	assert_int_equal(out.urgency.hits, 0);
	q.text = "真是锦上添花";
	q.text_len = strlen(q.text);
	fields_find(f, NULL, &q, &out);
	assert_int_equal(out.type, SAID_OTHER);
	assert_false(out.type_in_title);
	assert_int_equal(out.type_at.start, 2);
	fields_free(f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labelled),
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_keywords_apart),
		cmocka_unit_test(test_shipped_danger),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_title_and_policy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
