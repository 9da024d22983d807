/*
 * A console on a fake world: an invented queue, canned answers, a fixed clock. Nothing here waits or draws on a terminal. Included by
 * each test of this folder.
 */
#ifndef FENBO_TESTS_TUI_FAKE_H
#define FENBO_TESTS_TUI_FAKE_H

#include <libgen.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/err_list.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/utf8.h"
#include "tests/tui/fake_papers.h"
#include "tui/console.h"
#include "tui/i18n.h"
#include "tui/units.h"

#define FAKE_NOW INT64_C(1795340528000000) /* 2026-11-22 17:42:08 in Shanghai */

struct fake_held { port_row_fn row; port_done_fn done; void *who; };

struct fake {
	struct console *c;
	struct grid grid;
	usec_t mono;
	/* What was asked last, and what was wanted of the terminal. */
	char act[512], effect[128];
	enum effect last_effect;
	char leads_of[64];
	int acts, shows, items_asked, bursts_asked, bells, flows_asked;
	bool down;              /* the database answers nothing */
	const char *refuse;     /* error code acts are refused with */
	char preview[512];      /* what was to be checked last */
	int previews, forgotten;
	bool slow;              /* a check is answered by fake_answer_preview, not at once */
	const char *preview_refuse;
	struct fake_held held;
	void (*show)(const struct summary *s, struct buf *out); /* NULL: fake_show */
	/* What fenbod was asked, and who waits for its answer: fake_said gives it. */
	char parted[64];        /* what was taken out of a group */
	char paper[512];        /* the last change of a list, bulletin or topic: its arguments */
	char changed[256];      /* what was to be changed last of a shift or a handover */
	int changes;
	char drilled[96];       /* whose cases decided otherwise were asked for */
	const char *edits;      /* args of an edit in the record; NULL = nobody has edited */
	char question[4096];
	int questions;
	port_said_fn said;
	void *said_to;
};

static inline case_no fake_day_no(int day, int serial)
{
	char digits[24];
	int check;

	snprintf(digits, sizeof digits, "%06d%06d", day, serial);
	check = number_check(digits, 12);
	return atoll(digits) * 10 + check;
}

static inline case_no fake_no(int serial)
{
	return fake_day_no(261122, serial);
}

#include "tests/tui/fake_citizens.h"

static const struct { const char *title, *place, *unit; float p; enum priority priority; int left_s; unsigned flags; int chased, returned, repeats;
	const char *owner; } fake_cases[] = {
	{ "小区门口燃气味很大，楼道里也能闻到", "航城街道", "zhujian", .97f, PRIORITY_URGENT, 252, FLAG_DANGER, 1, 0, 0, "" },
	{ "路面塌陷一个大坑，公交车都绕行了", "坪环社区", "jiaotong", .91f, PRIORITY_URGENT, 700, 0, 0, 0, 0, "" },
	{ "水管爆裂，水漫到商铺里面了", "西乡街道", "shuiwu", .64f, PRIORITY_FAST, -734, 0, 2, 0, 0, "lisi" },
	{ "夜间施工噪音，整栋楼睡不着", "西乡街道", "shengtai", .88f, PRIORITY_FAST, 2282, 0, 0, 0, 2, "zhangsan" },
	{ "公司拖欠三个月工资，老板失联", "新安街道", "renli", .93f, PRIORITY_FAST, 5400, FLAG_CONFIDENTIAL, 0, 0, 0, "" },
	{ "垃圾堆放一个星期没人清运", "福永街道", "chengguan", .82f, PRIORITY_NORMAL, 9000, 0, 0, 1, 0, "" },
	{ "咨询居住证办理需要什么材料", "", "gongan", .55f, PRIORITY_NORMAL, 20000, FLAG_REPLY, 0, 0, 0, "" },
	{ "A very long title in English that has to be cut somewhere before the column ends, whatever happens", "沙井街道", "shangwu",
	  .33f, PRIORITY_NORMAL, 28000, 0, 0, 0, 0, "" },
	{ "路灯坏了一整条街", "松岗街道", "", 0, PRIORITY_NORMAL, 28500, FLAG_SUPERVISED | FLAG_DISPUTED, 0, 2, 0, "" },
	{ "学位申请系统一直报错提交不了", "石岩街道", "jiaoyu", .9f, PRIORITY_NORMAL, 200000, 0, 0, 0, 0, "" },
};
enum { FAKE_CASES = sizeof fake_cases / sizeof fake_cases[0] };

static inline struct summary fake_summary(int i, int version)
{
	return (struct summary){ .no = fake_no(i + 1), .version = version, .stage = STAGE_TRIAGE, .priority = fake_cases[i].priority,
		.rank_at = FAKE_NOW + fake_cases[i].left_s * USEC_S, .received_at = FAKE_NOW - (1800 + i * 60) * USEC_S,
		.due_at = FAKE_NOW + fake_cases[i].left_s * USEC_S, .lease_until = 0, .flags = fake_cases[i].flags,
		.chased = fake_cases[i].chased, .returned = fake_cases[i].returned, .repeats = fake_cases[i].repeats,
		.top_p = fake_cases[i].p, .clock = "dispatch", .desk = "centre", .unit = "", .item = "", .owner = fake_cases[i].owner,
		.burst = i >= 1 && i <= 3 ? 7 : 0, .channel = "hotline", .title = fake_cases[i].title, .place = fake_cases[i].place, .top_unit = fake_cases[i].unit };
}

static inline void fake_show(int i, int version, struct buf *out)
{
	char no[14], code[16] = "", old[2][14];

	if (*fake_cases[i].place)
		snprintf(code, sizeof code, "P%d", i);
	number_plain(fake_day_no(261121, 1), old[0]);
	number_plain(fake_day_no(261120, 4), old[1]);
	number_plain(fake_no(i + 1), no);
	buf_printf(out, "{\"id\":\"%s\",\"version\":%d,\"stage\":\"triage\",\"priority\":\"%s\",\"title\":\"%s\",", no, version,
	    priority_name(fake_cases[i].priority), fake_cases[i].title);
	buf_printf(out, "\"text\":\"%s。今天下午五点左右发现的，已经持续半个多小时，家里有老人和小孩，希望马上派人来处理。"
	    "物业电话一直打不通，保安说不归他们管。\\n第二段：\\u001b[31m红字\\u202e反向\\u0007 也只是文字。\",", fake_cases[i].title);
	buf_printf(out, "\"channel\":\"hotline\",\"channel_name\":\"市民热线\",\"received_at\":\"2026-11-22T17:12:40+08:00\","
	    "\"address\":\"钟屋南路 12 号\",\"place\":\"%s\",\"place_code\":\"%s\",\"chased\":%d,\"returned\":%d,\"flags\":[],", fake_cases[i].place, code,
	    fake_cases[i].chased, fake_cases[i].returned);
	buf_puts(out, "\"citizen\":{\"name\":\"张**\",\"phone\":\"138****0001\",\"identity\":\"\",\"masked\":true},\"earlier\":3,");
	buf_printf(out, "\"recommendation\":{\"id\":77,\"model\":\"city-3+1842\",\"novel\":%s,\"units\":["
	    "{\"unit\":\"zhujian\",\"name\":\"区住房和建设局\",\"item\":\"RQ-001\",\"item_name\":\"燃气安全隐患\",\"p\":0.97,\"reasons\":["
	    "{\"kind\":\"word\",\"text\":\"燃气\",\"start\":4,\"end\":6},{\"kind\":\"word\",\"text\":\"味很大\",\"start\":6,\"end\":9},"
	    "{\"kind\":\"item\",\"text\":\"燃气安全隐患\"},"
	    "{\"kind\":\"case\",\"id\":\"%s\",\"title\":\"楼道煤气味很浓\",\"unit\":\"zhujian\"},"
	    "{\"kind\":\"case\",\"id\":\"%s\",\"title\":\"厨房燃气管漏气\",\"unit\":\"kzjd\"}]},"
	    "{\"unit\":\"hangcheng\",\"name\":\"航城街道办事处\",\"p\":0.02,\"reasons\":[{\"kind\":\"place\",\"text\":\"航城街道\"}]},"
	    "{\"unit\":\"yingji\",\"name\":\"区应急管理局\",\"p\":0.004,\"reasons\":[]}]},", i == 6 ? "true" : "false", old[0], old[1]);
	buf_printf(out, "\"fields\":{\"type\":{\"value\":\"complaint\",\"start\":0,\"end\":4},\"time\":{\"value\":\"2026-11-22T17:00:00+08:00\","
	    "\"start\":%d,\"end\":%d},\"keywords\":[{\"text\":\"燃气\",\"start\":4,\"end\":6}],\"danger\":[{\"start\":4,\"end\":6}],"
	    "\"enterprise\":[{\"name\":\"华润燃气\",\"tags\":[\"重点企业\"],\"start\":4,\"end\":6}],\"place\":{%s,\"in\":\"address\",\"start\":0,\"end\":4,"
	    "\"candidates\":[{\"code\":\"P0\",\"name\":\"航城街道\"},{\"code\":\"P9\",\"name\":\"钟屋社区\"}]}},",
	    (int)utf8_count(fake_cases[i].title, strlen(fake_cases[i].title)) + 1, (int)utf8_count(fake_cases[i].title, strlen(fake_cases[i].title)) + 7,
	    *fake_cases[i].place ? "\"code\":\"P0\",\"name\":\"航城街道\"" : "\"code\":\"\"");
	if (i >= 1 && i <= 3)
		buf_puts(out, "\"burst\":{\"id\":7,\"title\":\"水管爆裂\",\"place\":\"西乡街道\",\"item\":\"供水\",\"since\":\"2026-11-22T16:40:00+08:00\","
		    "\"cases\":5,\"people\":12,\"primary\":null,\"members\":[]},");
	if (i == 5)
		buf_printf(out, "\"links\":[{\"id\":\"%s\",\"kind\":\"relapse\",\"reason\":\"同一地点同一事项\",\"title\":\"垃圾无人清运\","
		    "\"stage\":\"closed\"},{\"id\":\"%s\",\"kind\":\"quoted\",\"reason\":\"\",\"title\":\"厨房燃气管漏气\",\"stage\":\"closed\"}],", old[0], old[1]);
	number_plain(fake_no(2), no);
	buf_printf(out, "\"repeats\":[{\"id\":\"%s\",\"title\":\"路面塌陷一个大坑\",\"stage\":\"triage\",\"score\":0.93,"
	    "\"reason\":\"同一地点\",\"received_at\":\"2026-11-22T17:02:40+08:00\"}],", no);
	if (fake_cases[i].returned)
		buf_puts(out, "\"returns\":[{\"unit\":\"chengguan\",\"unit_name\":\"城管局\",\"by\":\"赵六\",\"reason\":\"非本单位职责\","
		    "\"at\":\"2026-11-22T16:02:00+08:00\"}],");
	buf_puts(out, "\"clocks\":[{\"kind\":\"dispatch\",\"started_at\":\"2026-11-22T17:12:40+08:00\",\"limit_s\":1800,"
	    "\"due_at\":\"2026-11-22T17:42:40+08:00\",\"paused_s\":0}],"
	    "\"remarks\":[{\"kind\":\"note\",\"text\":\"已电话联系物业\",\"person\":\"李四\",\"at\":\"2026-11-22T17:20:00+08:00\"}],"
	    "\"merged\":[],\"parts\":[],\"parent\":null,\"primary\":null}");
}

static inline int fake_index(case_no no)
{
	for (int i = 0; i < FAKE_CASES; i++)
		if (fake_no(i + 1) == no)
			return i;
	return -1;
}

static inline void fake_answer_act(struct fake *f, const char *const *args, port_row_fn row, void *who, size_t *rows)
{
	const char *p = args[1];

	snprintf(f->act, sizeof f->act, "%s %s %s %s", args[0], args[1], args[2], args[3]);
	f->acts++;
	while (*p) {
		char id[24];
		size_t n;

		p += strcspn(p, "0123456789");
		n = strspn(p, "0123456789");
		if (n == 0)
			break;
		snprintf(id, sizeof id, "%.*s", (int)n, p);
		p += n;
		const char *good[] = { id, "t", "2", "dispatched", "1", "", "", "", "", "" };
		const char *bad[] = { id, "f", "5", "triage", "", f->refuse ? f->refuse : "", "moved on", "", "lisi", "2026-11-22 17:41:00+08" };

		row(who, 10, f->refuse ? bad : good);
		(*rows)++;
	}
}

/* What fenbo.preview says: possible, but for the first case when preview_refuse says why not. */
static inline void fake_answer_preview(struct fake *f)
{
	struct fake_held h = f->held;
	const char *p = strchr(f->preview, '{');
	size_t rows = 0;

	f->held = (struct fake_held){ 0 };
	for (; *p != '}'; rows++) {
		char id[24], line[64];
		size_t n = strspn(++p, "0123456789");

		snprintf(id, sizeof id, "%.*s", (int)n, p);
		snprintf(line, sizeof line, "%.6s-%.6s-%.1s 试办", id, id + 6, id + 12);
		p += n;
		h.row(h.who, 3, f->preview_refuse && rows == 0 ? (const char *[]){ id, "f", f->preview_refuse } : (const char *[]){ id, "t", line });
	}
	h.done(h.who, NULL, rows);
}

/* What fenbo.accuracy says of it: a good week, with one unit that has become worse. */
static inline void fake_accuracy(const char *by, port_row_fn row, void *who)
{
	static const struct { const char *by, *row; } rows[] = {
		{ "all", "{\"key\":\"\",\"name\":\"\",\"decided\":1842,\"returned\":31,\"share1\":0.823,\"share3\":0.941,\"said_p\":0.84,\"ece\":0.021}" },
		{ "unit", "{\"key\":\"chengguan\",\"name\":\"区城市管理和综合执法局\",\"decided\":612,\"returned\":4,\"share1\":0.912,\"share3\":0.981,\"said_p\":0.9,\"ece\":0.012}" },
		{ "unit", "{\"key\":\"jiaotong\",\"name\":\"区交通运输局\",\"decided\":238,\"returned\":17,\"share1\":0.741,\"share3\":0.88,\"said_p\":0.83,\"ece\":0.094}" },
		{ "unit", "{\"key\":\"zhujian\",\"name\":\"区住房和建设局\",\"decided\":201,\"returned\":0,\"share1\":1,\"share3\":1,\"said_p\":0.96,\"ece\":0.04}" },
		{ "item", "{\"key\":\"\",\"name\":\"\",\"decided\":40,\"returned\":0,\"share1\":0.5,\"share3\":0.75,\"said_p\":0.6,\"ece\":0.1}" },
		{ "day", "{\"key\":\"2026-11-20\",\"name\":\"\",\"decided\":240,\"returned\":4,\"share1\":0.71,\"share3\":0.9,\"said_p\":0.8,\"ece\":0.03}" },
		{ "day", "{\"key\":\"2026-11-21\",\"name\":\"\",\"decided\":260,\"returned\":4,\"share1\":0.84,\"share3\":0.9,\"said_p\":0.8,\"ece\":0.03}" },
		{ "day", "{\"key\":\"2026-11-22\",\"name\":\"\",\"decided\":180,\"returned\":4,\"share1\":0.88,\"share3\":0.9,\"said_p\":0.8,\"ece\":0.03}" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].by, by) == 0)
			row(who, 1, &rows[i].row);
}

/* id, matter, its name, level, place, its name, level, weak, raised, seen, ended, since, window, cases, people, expected, surprise, days, verdict, by, remark */
static inline void fake_hot(port_row_fn row, void *who)
{
	row(who, 21, (const char *[]){ "7", "SD-012", "燃气泄漏", "0", "440306019004", "钟屋社区", "0", "f", "2026-11-22 17:20:00+08", "2026-11-22 17:42:00+08", "",
	    "2026-11-22 17:02:10+08", "3600", "11", "9", "0.04", "14.2", "0,0,1,0,0,0,0,0,0,0,0,2,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,9", "", "", "" });
	row(who, 21, (const char *[]){ "6", "施工噪声", "施工噪声", "1", "440306018", "西乡街道", "1", "t", "2026-11-22 09:20:00+08", "2026-11-22 17:42:00+08", "",
	    "2026-11-21 18:00:00+08", "86400", "23", "22", "11.5", "4.1", "9,8,12,11,7,9,10,12,14,9,8,11,12,10,9,7,11,12,13,9,8,12,11,10,12,14,13,22", "", "", "" });
	row(who, 21, (const char *[]){ "5", "", "", "3", "", "", "3", "f", "2026-11-20 08:10:00+08", "2026-11-20 21:00:00+08", "2026-11-21 03:00:00+08",
	    "2026-11-20 08:00:00+08", "14400", "900", "870", "310", "21", "", "real", "李值班", "暴雨" });
}

static inline void fake_heat(port_row_fn row, void *who)
{
	static const struct { const char *place, *matter, *n, *usual; } cells[] = {
		{ "西乡街道", "施工噪声", "22", "11.5" }, { "航城街道", "燃气", "9", "0.4" }, { "西乡街道", "占道经营", "8", "8.8" }, { "福永街道", "垃圾清运", "7", "3.1" },
		{ "航城街道", "施工噪声", "6", "7.0" }, { "福永街道", "施工噪声", "5", "4.1" }, { "坪环街道", "道路破损", "4", "1.2" }, { "西乡街道", "道路破损", "2", "2.9" },
	};

	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		row(who, 6, (const char *[]){ cells[i].place, cells[i].place, cells[i].matter, cells[i].n, cells[i].usual, "2026-11-22 17:42:00+08" });
}

static inline void fake_bins(port_row_fn row, void *who)
{
	for (int i = 0; i < 10; i++) {
		char text[160];

		snprintf(text, sizeof text, "{\"low\":%.1f,\"high\":%.1f,\"decided\":%d,\"said_p\":%s,\"right1\":%s}", i / 10., (i + 1) / 10.,
		    i < 2 ? 0 : 40 * i, i < 2 ? "null" : (char[]){ '0', '.', (char)('0' + i), '5', 0 }, i < 2 ? "null" : (char[]){ '0', '.', (char)('0' + i), '2', 0 });
		row(who, 1, (const char *[]){ text });
	}
}

/* The centre in figures: a plain month, one unit that is late. */
static inline void fake_counts(const char *as, const char *key, const char *name, int n, port_row_fn row, void *who)
{
	char text[1200];

	snprintf(text, sizeof text, "{\"key\":\"%s\",\"name\":\"%s\",\"received\":%d,\"merged\":%d,\"answered\":%d,\"grouped\":%d,\"chased\":%d,\"dispatched\":%d,"
	    "\"dispatch_late\":%d,\"dispatch_s\":%d,\"returned\":%d,\"accepted\":%d,\"contacts\":%d,\"contact_late\":%d,\"said\":%d,\"right1\":%d,\"right3\":%d,"
	    "\"resolved\":%d,\"handle_late\":%d,\"handle_s\":%d,\"redone\":%d,\"closed\":%d,\"rated\":%d,\"unrated\":%d,\"satisfied\":%d,\"speed\":%d,\"effect\":%d,"
	    "\"service\":%d,\"feedback\":%d,\"handle_p50\":27000,\"handle_p90\":%d,\"handle_p95\":95400}", key, name, n, n / 30, n / 9, n / 50, n / 17, n * 8 / 9, n / 180, n * 3000,
	    n / 40, n * 7 / 8, n * 4 / 5, n % 7, n * 5 / 6, n * 2 / 3, n * 3 / 4, n * 3 / 4, n % 11, n * 3 / 4 * 31000, n / 60, n * 2 / 3, n / 2, n / 9, n * 9 / 20, n * 2, n * 9 / 4,
	    n * 9 / 4, n * 2, 50000 + n * 10);
	row(who, 2, (const char *[]){ as, text });
}

static inline void fake_figures(const char *asked, port_row_fn row, void *who)
{
	static const struct { const char *key, *name; int n; } units[] = { { "zhujian", "区住房和建设局", 420 }, { "jiaotong", "区交通运输局", 333 },
		{ "chengguan", "区城市管理和综合执法局", 280 }, { "hangcheng", "航城街道办事处", 96 }, { "", "", 41 } };
	bool by_unit = strstr(asked, "\"by\":\"unit\"") != NULL;
	char day[16];

	fake_counts("0", "", "", 1204, row, who);
	fake_counts("1", "", "", 1090, row, who);
	for (int d = 9; d <= 22; d++) {
		snprintf(day, sizeof day, "2026-11-%02d", d);
		fake_counts("2", day, day, d % 7 == 1 || d % 7 == 2 ? 640 + d : 1050 + d * 7, row, who);
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		fake_counts("3", by_unit ? units[i].key : i < 3 ? (const char *[]){ "complaint", "help", "consultation" }[i] : "", by_unit ? units[i].name : "", units[i].n, row, who);
		if (by_unit && i < 3)
			fake_counts("4", units[i].key, units[i].name, units[i].n - 30 + (int)i * 25, row, who);
	}
}

/* Three hours of a quiet afternoon, with one burst. */
static inline void fake_flow(port_row_fn row, void *who)
{
	static const char *const counts[] = { "3", "4", "2", "6", "5", "1" };
	char slot[24];

	row(who, 9, (const char *[]){ "0123456789ab-100-0", "", "", "", "", "0", "0", "0", "0" });
	for (int i = 36; i > 0; i--) {
		snprintf(slot, sizeof slot, "%lld", (long long)(FAKE_NOW / USEC_S / 300) - i);
		row(who, 9, (const char *[]){ "", slot, "desk", "centre", i % 3 ? "normal" : "urgent", i == 20 ? "60" : counts[i % 6], i < 30 ? counts[i * 5 % 6] : "1", "0",
		    i % 13 ? "0" : "2" });
		if (i < 24)
			row(who, 9, (const char *[]){ "", slot, "unit", "zhujian", "normal", "0", i % 6 ? "0" : "1", i % 8 ? "0" : "1", "0" });
	}
}

#include "tests/tui/fake_shifts.h"

/* What was to be changed in a shift or a handover: the name of the statement and its arguments. */
static inline void fake_changed(struct fake *f, enum statement s, const char *const *args, int nargs)
{
	size_t at = (size_t)snprintf(f->changed, sizeof f->changed, "%s", statement_table[s].name);

	for (int i = 0; i < nargs && at < sizeof f->changed; i++)
		at += (size_t)snprintf(f->changed + at, sizeof f->changed - at, " %s", args[i] ? args[i] : "-");
	f->changes++;
}

static inline uint64_t fake_send(void *ctx, enum statement s, const char *const *args, int nargs, port_row_fn row, port_done_fn done,
    void *who)
{
	struct fake *f = ctx;
	struct buf json = { 0 };
	size_t rows = 0;
	struct err e;

	if (f->down) {
		err_set(&e, ERR_UNAVAILABLE, "", "gone");
		done(who, &e, 0);
		return 0;
	}
	if (s == SQL_ALARMS) /* under way for ever: what the stream brings stands */
		return 1;
	if (fake_papers(s, args, nargs, row, who, f->paper)) {
		rows = 1;
	} else if (s == SQL_SHOW) {
		int i = fake_index(atoll(args[0]));
		const struct summary *known = queue_find(f->c->queue, atoll(args[0]));

		f->shows++;
		if (i >= 0) {
			if (f->show && known)
				f->show(known, &json);
			else
				fake_show(i, known ? known->version : 1, &json);
			const char *col[] = { buf_text(&json) };

			row(who, 1, col);
			rows = 1;
		}
	} else if (s == SQL_ACT) {
		fake_answer_act(f, args, row, who, &rows);
	} else if (s == SQL_PREVIEW) {
		f->previews++;
		snprintf(f->preview, sizeof f->preview, "%s %s %s", args[0], args[1], args[2]);
		f->held = (struct fake_held){ row, done, who };
		if (f->slow)
			return 9;
		fake_answer_preview(f);
		return 9;
	} else if (s == SQL_PROMISES) {
		char late[14], soon[14];

		number_plain(fake_no(3), late);
		number_plain(fake_no(4), soon);
		row(who, 2, (const char *[]){ late, "2026-11-22 15:00:00+08" });
		row(who, 2, (const char *[]){ late, "2026-11-23 09:00:00+08" });
		row(who, 2, (const char *[]){ soon, "2026-11-22 18:30:00+08" });
	} else if (s == SQL_BURSTS) {
		f->bursts_asked++;
		row(who, 2, (const char *[]){ "7", "12" });
	} else if (s == SQL_BURST_OUT || s == SQL_BURST_CLOSE) {
		snprintf(f->parted, sizeof f->parted, "%s %s", args[0], nargs > 1 ? args[1] : "all");
		row(who, 1, (const char *[]){ "1" });
	} else if (fake_citizens(s, args, row, who, f->drilled, sizeof f->drilled)) {
		;
	} else if (s == SQL_HANDOVER_SHOW || s == SQL_HANDOVER_LIST) {
		fake_handover(s, args, row, who);
	} else if (s == SQL_SHIFT_AT || s == SQL_SHIFT_ON || s == SQL_SHIFT_ROSTER || s == SQL_SHIFT_SWAPS || s == SQL_SHIFT_LEAVES || s == SQL_ATTENDANCE_LIST ||
	    (s == SQL_SHIFT_DEAL && strcmp(args[1], "true") == 0)) {
		fake_shift(s, args, row, who);
	} else if (s != SQL_SHIFT_HOURS && (strncmp(statement_table[s].name, "shift_", 6) == 0 || strncmp(statement_table[s].name, "handover_", 9) == 0 ||
	    s == SQL_ATTENDANCE_CORRECT)) {
		fake_changed(f, s, args, nargs);
		if (s == SQL_SHIFT_DEAL) {               /* one of the three was taken while the question stood */
			row(who, 1, (const char *[]){ "{\"id\":\"2611220000017\",\"held\":3}" });
			row(who, 1, (const char *[]){ "{\"id\":\"2611220000025\",\"held\":null,\"message\":\"the case is not free any more\"}" });
			row(who, 1, (const char *[]){ "{\"id\":\"2611220000030\",\"held\":4}" });
		}
	} else if (s == SQL_REPORT_EACH) {
		fake_figures(args[0], row, who);
	} else if (s == SQL_REPORT_STATE) {
		row(who, 1, (const char *[]){ "{\"now\":\"2026-11-22T17:42:08+08:00\",\"day_s\":25200,\"open_cases\":3127,\"overdue\":41,\"waiting\":0,\"today\":\"2026-11-22\",\"centre\":\"市分拨中心\"}" });
	} else if (s == SQL_REPORT_FOUND) {
		snprintf(f->drilled, sizeof f->drilled, "%s %s %s %s %s", args[0], args[1], args[2], args[3], args[4]);
	} else if (s == SQL_ACCURACY) {
		fake_accuracy(args[2], row, who);
	} else if (s == SQL_RELIABILITY) {
		fake_bins(row, who);
	} else if (s == SQL_ACCURACY_FLAGS) {
		row(who, 1, (const char *[]){ "{\"by\":\"unit\",\"key\":\"jiaotong\",\"name\":\"区交通运输局\",\"decided\":238,\"share1\":0.741,"
		    "\"decided_before\":251,\"share1_before\":0.912,\"p\":0.00001}" });
	} else if (s == SQL_ACCURACY_CASES) {
		char of[14];

		snprintf(f->drilled, sizeof f->drilled, "%s %s", args[2], args[3]);
		number_plain(fake_no(2), of);
		row(who, 9, (const char *[]){ of, "2026-11-22 16:02:00+08", "路面塌陷一个大坑，公交车都绕行了", "chengguan", "0.41", "jiaotong", "2", "f", "李四" });
		row(who, 9, (const char *[]){ of, "2026-11-22 15:40:00+08", "井盖缺失", "jiaotong", "0.88", "jiaotong", "1", "t", "王五" });
	} else if (s == SQL_HOTSPOT_LIST) {
		fake_hot(row, who);
	} else if (s == SQL_HEAT_TABLE) {
		fake_heat(row, who);
	} else if (s == SQL_HOTSPOT_SETTLE) {
		snprintf(f->drilled, sizeof f->drilled, "%s %s", args[0], args[1]);
		row(who, 1, (const char *[]){ "" });
	} else if (s == SQL_HOTSPOT_CASES) {
		snprintf(f->drilled, sizeof f->drilled, "hot %s", args[0]);
		static const char *const rest[] = {
			"\"stage\":\"triage\",\"title\":\"楼道里闻到很浓的燃气味\",\"received_at\":\"2026-11-22T17:12:40+08:00\",\"place\":\"航城街道\",\"unit\":null}",
			"\"stage\":\"closed\",\"outcome\":\"solved\",\"title\":\"燃气管道漏气\",\"received_at\":\"2026-11-22T16:40:00+08:00\",\"place\":\"航城街道\","
			    "\"unit\":\"zhujian\"}",
			"\"stage\":\"handling\"}"
		};

		for (int i = 0; i < 3; i++) {
			char line[400], of[14];

			number_plain(fake_no(i + 1), of);
			snprintf(line, sizeof line, "{\"id\":\"%s\",%s", of, rest[i]);
			row(who, 1, (const char *[]){ line });
		}
	} else if (s == SQL_ITEM_TEXT) {
		row(who, 5, (const char *[]){ args[0], "燃气安全", "居民用户和公共场所燃气泄漏、管道老化、违规用气等危及安全的情形，含管道气与瓶装气",
		    "煤气 泄漏", "3" });
	} else if (s == SQL_REASONS) {
		bool pause = strcmp(args[0], "pause") == 0;

		row(who, 3, (const char *[]){ pause ? "weather" : "wrong_unit", pause ? "极端天气无法施工" : "推荐单位职责不符", "f" });
		row(who, 3, (const char *[]){ pause ? "court" : "wrong_place", pause ? "已进入司法程序" : "属地不符", pause ? "t" : "f" });
	} else if (s == SQL_HISTORY) {
		row(who, 7, (const char *[]){ "1", "2026-11-22 17:12:40+08", "intake", "key:hotline", "", "{}", "" });
		row(who, 7, (const char *[]){ "5", "2026-11-22 17:41:00+08", f->edits ? "edit" : "claim", "lisi", "李四", f->edits ? f->edits : "{}", "" });
	} else if (s == SQL_CLOCK_EXPLAIN) {
		static const char *const lines[][12] = {
			{ "dispatch", "start", "2026-11-20 17:12:40+08", "", "28800", "", "create", "priority", "normal", "", "3", "" },
			{ "dispatch", "stop", "2026-11-20 17:30:00+08", "", "", "李四", "confirm", "", "", "", "", "" },
			{ "dispatch", "due", "2026-11-21 01:12:40+08", "", "28800", "", "", "", "", "", "", "" },
			{ "dispatch", "left", "2026-11-20 17:30:00+08", "", "27760", "", "", "", "", "", "", "" },
			{ "handle", "start", "2026-11-20 17:30:00+08", "", "50400", "李四", "confirm", "item", "燃气安全隐患", "2", "3", "" },
			{ "handle", "pause", "2026-11-23 09:30:00+08", "2026-11-23 15:00:00+08", "12600", "王五", "pause", "", "", "", "", "等待诉求人补充材料" },
			{ "handle", "extend", "2026-11-23 16:00:00+08", "", "25200", "苏六", "approve", "", "", "", "", "需多部门会商，施工整改还需要一天" },
			{ "handle", "day", "2026-11-20 17:30:00+08", "2026-11-20 18:00:00+08", "1800", "", "taken", "", "", "", "", "" },
			{ "handle", "day", "2026-11-23 09:00:00+08", "2026-11-23 18:00:00+08", "12600", "", "ahead", "", "", "", "", "" },
			{ "handle", "due", "2026-11-25 17:00:00+08", "", "75600", "", "", "", "", "", "", "" },
			{ "handle", "late", "2026-11-25 17:00:00+08", "", "3661", "", "", "", "", "", "", "" },
		};

		for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
			row(who, 12, lines[i]);
	} else if (s == SQL_KNOWLEDGE_SEARCH) {
		row(who, 3, (const char *[]){ "JZ-1", "居住证办理", "您好，请带【材料】到【地点】办理。" });
		row(who, 3, (const char *[]){ "XW-1", "学位申请", "请在【日期】前提交。" });
	} else if (s == SQL_SEARCH || s == SQL_CALLERS_CASES) {
		row(who, 8, (const char *[]){ "2611210000017", "closed", "solved", "2026-11-21 09:00:00+08", "路灯不亮", "松岗街道", "chengguan", "1" });
	} else if (s == SQL_PICK_ITEMS) {
		f->items_asked++;
		row(who, 5, (const char *[]){ "RQ-001", "燃气安全隐患", "燃气安全", "煤气 泄漏", "zhujian" });
		row(who, 5, (const char *[]){ "DL-007", "路面塌陷", "道路设施", "坑洞 塌方", "jiaotong@street" });
		row(who, 5, (const char *[]){ "SR-002", "占道经营", "市容环境", "摆摊", "nobody@street" });
	} else if (s == SQL_LEADS) {
		snprintf(f->leads_of, sizeof f->leads_of, "%s", args[0]);
		row(who, 2, (const char *[]){ "zhujian", "zhujian" });
		if (*args[0])
			row(who, 2, (const char *[]){ "jiaotong@street", "kzjd" });
	} else if (s == SQL_FLOW) {
		f->flows_asked++;
		fake_flow(row, who);
	} else if (s == SQL_SHIFT_ON) {
		row(who, 1, (const char *[]){ "{\"account\":\"lisi\",\"person\":\"李四\",\"crew\":3}" });
	} else if (s == SQL_SHIFT_HOURS) {
		row(who, 4, (const char *[]){ "2", "二班", "720", "960" });
		row(who, 4, (const char *[]){ "3", "三班", "960", "1200" });
	} else if (s == SQL_ROUTING_UNITS) {
		static const char *const units[] = {
			"{\"code\":\"zhujian\",\"name\":\"区住房和建设局\",\"short\":\"住建局\",\"level\":\"bureau\"}",
			"{\"code\":\"jiaotong\",\"name\":\"区交通运输局\",\"short\":\"交通局\",\"level\":\"bureau\"}",
			"{\"code\":\"shengtai\",\"name\":\"生态环境局\",\"short\":\"生态局\",\"level\":\"bureau\"}",
			"{\"code\":\"chengguan\",\"name\":\"区城市管理局\",\"short\":\"城管局\",\"level\":\"bureau\"}",
			"{\"code\":\"kzjd\",\"name\":\"坑梓街道办事处\",\"short\":\"坑梓街道\",\"level\":\"street\"}",
			"{\"code\":\"gas\",\"name\":\"燃气管理所\",\"short\":\"燃气所\",\"level\":\"street\",\"parent\":\"zhujian\"}",
		};

		for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
			row(who, 1, &units[i]);
	}
	buf_free(&json);
	done(who, NULL, rows);
	return 1;
}

static inline void fake_forget(void *ctx, uint64_t handle)
{
	struct fake *f = ctx;

	(void)handle;
	f->held = (struct fake_held){ 0 };
	f->forgotten++;
}
static inline void fake_refresh(void *ctx, const case_no *no, size_t n) { (void)ctx; (void)no; (void)n; }
static inline void fake_effect(void *ctx, enum effect e, const char *text)
{
	struct fake *f = ctx;

	f->last_effect = e;
	f->bells += e == EFFECT_BELL;
	snprintf(f->effect, sizeof f->effect, "%s", text ? text : "");
}

static inline void fake_recommend(void *ctx, const char *json, port_said_fn said, void *who)
{
	struct fake *f = ctx;

	f->said = json ? said : NULL;
	f->said_to = who;
	f->questions += json != NULL;
	snprintf(f->question, sizeof f->question, "%s", json ? json : "");
}

/* fenbod answers, or says that it is away (NULL). */
static inline void fake_say(struct fake *f, const char *json)
{
	port_said_fn said = f->said;
	struct err e;

	f->said = NULL;
	err_set(&e, ERR_UNAVAILABLE, "", "gone");
	if (said)
		said(f->said_to, json ? NULL : &e, json, json ? strlen(json) : 0);
}

static inline void fake_language(const char *language)
{
	char exe[4096], dir[4200];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	exe[n > 0 ? n : 0] = '\0';
	snprintf(dir, sizeof dir, "%s/../..", dirname(exe));
	i18n_init(language, dir);
	clock_zone("Asia/Shanghai");
}

static inline void fake_paint(struct fake *f)
{
	while (console_settle(f->c, f->mono))
		;
	assert_true(f->grid.rows > 0);
	console_render(f->c, &f->grid, FAKE_NOW);
	console_painted(f->c, f->mono);
}

static inline struct fake *fake_new(int rows, int cols, const char *drafts)
{
	static const struct port port = { fake_send, fake_forget, fake_refresh, fake_effect, fake_recommend };
	struct fake *f = calloc(1, sizeof *f);
	struct keymap *m = calloc(1, sizeof *m);
	struct err_list errors = { 0 };
	struct who who = { .account = "zhangsan", .person = "张三", .desk = "centre", .centre = "市分拨中心", .role = ROLE_DISPATCHER,
		.crew = 3, .handled = 61, .lease_s = 45 };

	assert_non_null(f);
	assert_true(keymap_make(m, "", NULL, 0, &errors));
	f->mono = 1000 * USEC_S;
	f->c = console_new(&(struct console_options){ .port = &port, .port_ctx = f, .keymap = m, .theme = theme_find(NULL, NULL),
		.state_dir = drafts, .guard = 300000, .alarm_every = 600 * USEC_S });
	assert_non_null(f->c);
	free(m);
	console_links(f->c, LINK_UP, LINK_UP, "");
	console_login(f->c, &who);
	for (int i = 0; i < FAKE_CASES; i++) {
		struct summary s = fake_summary(i, 1);

		console_apply(f->c, &s);
	}
	console_loaded(f->c);
	assert_true(grid_resize(&f->grid, rows, cols));
	fake_paint(f);
	return f;
}

static inline void fake_free(struct fake *f)
{
	console_free(f->c);
	grid_free(&f->grid);
	free(f);
}

/* Type one key, a second after the last; then paint. */
static inline void fake_key(struct fake *f, uint32_t code)
{
	f->mono += USEC_S;
	console_key(f->c, &(struct key){ .code = code }, f->mono);
	fake_paint(f);
}

static inline void fake_type(struct fake *f, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		uint32_t cp;
		size_t n = utf8_decode(text, len, &cp);

		fake_key(f, cp);
		text += n;
		len -= n;
	}
}

static inline bool fake_sees(struct fake *f, const char *text)
{
	struct buf screen = { 0 };
	bool there;

	grid_dump(&f->grid, &screen);
	there = strstr(buf_text(&screen), text) != NULL;
	buf_free(&screen);
	return there;
}

#endif
