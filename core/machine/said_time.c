#include "core/machine/said_time.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 256, BEFORE = 14, AFTER = 14, HEADING = 30, NONE = -1000 };
static const usec_t FUTURE = 10 * 60 * USEC_S, PAST = 366 * 86400 * USEC_S;

/* --- words --------------------------------------------------------------------------------------------------------- */

struct word { const char *word; int value, more; };

/* Days from today, and the part of the day the word itself names (an hour, 0 = none). */
static const struct word days[] = {
	{ "大前天", -3, 0 }, { "前天晚上", -2, 20 }, { "前天夜里", -2, 23 }, { "前天", -2, 0 }, { "前日", -2, 0 }, { "前晚", -2, 20 },
	{ "昨天晚上", -1, 20 }, { "昨天夜里", -1, 23 }, { "昨天", -1, 0 }, { "昨日", -1, 0 }, { "昨儿", -1, 0 }, { "昨晚", -1, 20 }, { "昨夜", -1, 23 },
	{ "昨早", -1, 8 }, { "昨晨", -1, 7 }, { "昨", -1, 0 }, { "今天", 0, 0 }, { "今日", 0, 0 }, { "今早", 0, 8 }, { "今晨", 0, 6 }, { "今晚", 0, 20 },
	{ "今夜", 0, 20 }, { "今儿", 0, 0 }, { "当天", NONE, 0 }, { "yesterday", -1, 0 }, { "today", 0, 0 }, { "tonight", 0, 20 }, { "last night", -1, 20 },
	{ "this morning", 0, 8 }, { NULL, 0, 0 },
};
/* The hour a part of the day begins at when nothing closer is said, and from which hour on 1–11 mean the afternoon. */
static const struct word parts[] = {
	{ "凌晨", 1, 0 }, { "清晨", 6, 0 }, { "清早", 6, 0 }, { "一大早", 7, 0 }, { "大早", 7, 0 }, { "早晨", 7, 0 }, { "早上", 8, 0 }, { "上午", 9, 0 },
	{ "中午", 12, 1 }, { "正午", 12, 1 }, { "午后", 14, 12 }, { "下午", 14, 12 }, { "傍晚", 18, 12 }, { "晚间", 20, 12 }, { "晚上", 20, 12 },
	{ "夜间", 22, 12 }, { "夜里", 23, 2 }, { "夜晚", 20, 12 }, { "深夜", 23, 2 }, { "半夜", 0, 2 }, { "午夜", 0, 2 }, { "晚", 20, 12 }, { "早", 8, 0 },
	{ "am", 9, 0 }, { "pm", 14, 12 }, { NULL, 0, 0 },
};
static const struct word weeks[] = {
	{ "上上周", -2, 0 }, { "上上星期", -2, 0 }, { "上个星期", -1, 0 }, { "上个礼拜", -1, 0 }, { "上星期", -1, 0 }, { "上礼拜", -1, 0 }, { "上周", -1, 0 },
	{ "这个星期", 0, 0 }, { "这个礼拜", 0, 0 }, { "这星期", 0, 0 }, { "这礼拜", 0, 0 }, { "本星期", 0, 0 }, { "这周", 0, 0 }, { "本周", 0, 0 },
	{ "星期", NONE, 0 }, { "礼拜", NONE, 0 }, { "周", NONE, 0 }, { NULL, 0, 0 },
};
static const struct word years[] = { { "今年", 0, 0 }, { "本年", 0, 0 }, { "去年", -1, 0 }, { NULL, 0, 0 } };
static const struct word months[] = { { "上个月", -1, 0 }, { "上月", -1, 0 }, { "本月", 0, 0 }, { "这个月", 0, 0 }, { NULL, 0, 0 } };
/* Units of "… ago", in minutes; value 0 = whole days. */
static const struct word units[] = {
	{ "个半小时", 60, 30 }, { "个多小时", 60, 0 }, { "个小时", 60, 0 }, { "小时", 60, 0 }, { "个钟头", 60, 0 }, { "多分钟", 1, 0 }, { "来分钟", 1, 0 },
	{ "分钟", 1, 0 }, { "个钟", 60, 0 }, { "个星期", 7 * 1440, 0 }, { "个礼拜", 7 * 1440, 0 }, { "周", 7 * 1440, 0 }, { "天", 1440, 0 }, { NULL, 0, 0 },
};
static const char *const before_words[] = { "之前", "以前", "前", NULL };
static const char *const about[] = { "左右", "前后", "许", "多钟", "多", "钟", "时分", NULL };
static const char *const roughly[] = { "大约", "大概", "约", NULL };
static const char *const hour_words[] = { "点钟", "点", "时", NULL };

/* Right before: it is a deadline, an end, a plan, a since. */
static const char *const not_after[] = {
	"截止到", "截止", "截至", "直到", "直至", "到了", "到", "至", "自从", "自", "从", "打从", "将于", "将在", "定于", "拟于", "预计", "计划", "预约", "预定", "约定", "限", "不晚于", "不早于",
	"生于", "出生于", "每", "每到", "每逢", "逢", "一到", "的", "是否", "要等到", "等到", "准备", "打算", "于每", "生日", NULL,
};
/* In the clause before: it recurs. */
static const char *const recurring[] = {
	"每天", "每日", "每晚", "每周", "每月", "每年", "每个", "每到", "每逢", "天天", "夜夜", "经常", "常常", "时常", "长期", "平时", "平日", "总是", "几乎", "通常", "一般", "有时", "时间为",
	"时间是", "营业时间", "上班时间", "服务时间", "办公时间", "一到", "周末", "工作日", "每隔", "不定时", "请于", "请在", "何时", "规定", NULL,
};
/* Right behind: the same, or a birthday, or the date of a letter that is quoted. */
static const char *const not_before[] = {
	"之前", "以前", "前", "起", "以来", "以后", "之后", "至今", "后", "出生", "生人", "生", "截止", "到期", "执行", "实施", "施行", "生效", "开业", "开学", "以内", "内", "为止", "止", "毕业",
	"入职", "退休", "的通知", "的文件", "颁布", "公布", "出台", "经常", "都会", "总会", "就会", "开放", "上班", "下班", "元", "分之",
	"建议", NULL,
};
/* Right behind a day without its month: it is the number of something (3号楼). */
static const char *const numbered[] = {
	"楼", "栋", "幢", "线", "院", "门", "店", "车", "里", "桥", "路", "铺", "房", "厂", "单元", "小区", "地块", "机", "井", "岗", "台", "出口", "文", "令", "条", NULL,
};
/* In the clause behind: what an authority wrote, not what happened. */
static const char *const letters[] = { "答复", "回复", "反馈", "回覆", "复函", "批复", "文件", "公告", "通告", "出台", "颁布", NULL };

/* Shortly before a date: that of a law. */
static const char *const laws[] = { "条例", "办法", "规定", "决定书", "通知书", "判决书", "合同", NULL };

static const char *const went[] = { "去", "我", "在", "到", "其", NULL };
static const char *const writing[] = {
	"向", "在12345", "给您", "给你", "诚恳", "特", "想", "咨询", "反映", "举报", "投诉", "写", "留言", "来信", "是", "需要", "能", "可以", "办", "的", "有没有", "上班", "又想", "我想", "我要", "本人向", "我向", NULL,
};

struct said_time { struct automaton *starts; };

/* Where an expression may begin without a number. */
static const char *const starts[] = {
	"大前天", "前天", "前日", "前晚", "昨", "今天", "今日", "今早", "今晨", "今晚", "今夜", "今儿", "yesterday", "today", "tonight", "last night", "this morning",
	"凌晨", "清晨", "清早", "早晨", "早上", "上午", "中午", "正午", "午后", "下午", "傍晚", "晚间", "晚上", "夜间", "夜里", "深夜", "半夜", "午夜", "大早",
	"上上周", "上上星期", "上个星期", "上个礼拜", "上星期", "上礼拜", "上周", "这个星期", "这个礼拜", "这星期", "这周", "本周", "本星期", "星期", "礼拜", "周",
	"元月", "今年", "本年", "去年", "上个月", "上月", "本月", "这个月", "刚才", "刚刚才", "就在刚刚", "半小时", "半个小时", "半个钟头", "一刻钟",
	/* units of a number: the number stands before them */
	"年", "月", "号", "日", "点", "时", ":", "-", "/", ".", "小时", "分钟", "个小时", "个多小时", "个半小时", "天前", "天之前", "天以前", "周前", "pm", "am",
};

struct said_time *
said_time_new(void)
{
	struct said_time *t = calloc(1, sizeof *t);

	if (t && (t->starts = words_new(starts, sizeof starts / sizeof *starts, sizeof *starts)))
		return t;
	said_time_free(t);
	return NULL;
}

void
said_time_free(struct said_time *t)
{
	if (!t)
		return;
	automaton_free(t->starts);
	free(t);
}

const char *
said_precision_name(enum said_precision p)
{
	static const char *const names[] = { "day", "part", "hour", "minute" };

	return names[p];
}

/* --- reading one expression ---------------------------------------------------------------------------------------- */

struct reading_time {
	const struct points *p;
	int at;                            /* the next point */
	int year, month, day;              /* NONE = not said */
	int days, weekday, week;           /* from today; 1–7, week from this one; NONE = not said */
	int part, shift, hour, minute, second;    /* NONE; the part's own hour, and 12 where hours are of the afternoon */
	int minutes_ago;                   /* NONE */
	bool now, about, numeric;                   /* 刚才; 左右 */
};

static int
take(struct reading_time *r, const struct word *table, const struct word **found)
{
	for (; table->word; table++) {
		int n = points_word(r->p, r->at, table->word);

		if (n > 0) {
			*found = table;
			r->at += n;
			return n;
		}
	}
	return 0;
}

static void
skip_blanks(struct reading_time *r)
{
	for (int i = 0; i < 2 && (points_at(r->p, r->at) == ' ' || points_word(r->p, r->at, "的")); i++)
		r->at++;
}

/* A number from low to high, and behind it one of the signs. Nothing is taken otherwise. */
static bool
take_number(struct reading_time *r, int low, int high, const char *const *signs, int *value)
{
	int n = points_number(r->p, r->at, value), sign;

	if (n == 0 || *value < low || *value > high)
		return false;
	for (sign = 0; points_at(r->p, r->at + n + sign) == ' ' && sign < 1; sign++)
		;
	if (points_one_of(r->p, r->at + n + sign, signs) == 0)
		return false;
	r->at += n + sign + points_one_of(r->p, r->at + n + sign, signs);
	return true;
}

/* 2026-11-03, 2026/11/3, 2026.11.3 */
static bool
take_numeric_date(struct reading_time *r)
{
	int at = r->at, year, month, day, n;
	uint32_t sign;

	if ((n = points_number(r->p, at, &year)) != 4 || year < 1970 || year > 2099)
		return false;
	sign = points_at(r->p, at + n);
	if (sign != '-' && sign != '/' && sign != '.')
		return false;
	at += n + 1;
	if ((n = points_number(r->p, at, &month)) == 0 || n > 2 || month < 1 || month > 12 || points_at(r->p, at + n) != sign)
		return false;
	at += n + 1;
	if ((n = points_number(r->p, at, &day)) == 0 || n > 2 || !clock_is_date(year, month, day))
		return false;
	r->at = at + n;
	r->year = year, r->month = month, r->day = day;
	r->numeric = true;
	if (points_word(r->p, r->at, "日") || points_word(r->p, r->at, "号"))
		r->at++;
	return true;
}

static bool
take_date(struct reading_time *r)
{
	static const char *const year_signs[] = { "年", NULL }, *const month_signs[] = { "月份", "月", NULL },
		*const day_signs[] = { "日", "号", NULL };
	const struct word *w;
	int from = r->at, value;

	if (take_numeric_date(r))
		return true;
	if (take(r, years, &w))
		r->year = w->value - 1; /* -1 = this, -2 = last: resolved below */
	else if (take_number(r, 0, 2099, year_signs, &value))
		r->year = value < 100 ? 2000 + value : value;
	skip_blanks(r);
	if (points_word(r->p, r->at, "元月")) {
		r->month = 1;
		r->at += 2;
		skip_blanks(r);
	} else if (take(r, months, &w)) {
		r->month = w->value - 1;
		skip_blanks(r);
	} else if (take_number(r, 1, 12, month_signs, &value)) {
		r->month = value;
	}
	if (take_number(r, 1, 31, day_signs, &value) && !(r->year != NONE && r->month == NONE)) {
		r->day = value;
		if (r->month > 0 && !clock_is_date(r->year > 0 ? r->year : 2024, r->month, r->day))
			r->day = NONE;
		return r->day != NONE;
	}
	r->year = r->month = r->day = NONE;
	r->at = from;
	return false;
}

static bool
take_weekday(struct reading_time *r)
{
	static const char *const names[] = { "一", "二", "三", "四", "五", "六", "日", "天", "末", NULL };
	const struct word *w;
	int from = r->at, n = 0;

	if (!take(r, weeks, &w))
		return false;
	while (names[n] && !points_word(r->p, r->at, names[n]))
		n++;
	if (!names[n] || (n == 8 && w->value == NONE) || points_at(r->p, from - 1) == 0x4e00 /* 一周一次 */) {
		r->at = from;
		return false;
	}
	r->at++;
	r->weekday = n < 7 ? n + 1 : n == 7 ? 7 : 6;
	r->week = w->value;
	return true;
}

static bool
take_ago(struct reading_time *r)
{
	static const char *const halves[] = { "半个多小时", "半个小时", "半小时", "半个钟头", "一刻钟", NULL };
	const struct word *w;
	int from = r->at, value = 0, n = points_one_of(r->p, r->at, halves), minutes = points_word(r->p, r->at, "一刻钟") ? 15 : 30;

	if (n == 0) {
		if ((n = points_number(r->p, r->at, &value)) == 0)
			return false;
		r->at += n;
		if (!take(r, units, &w)) {
			r->at = from;
			return false;
		}
		minutes = value * w->value + w->more;
	} else {
		r->at += n;
	}
	r->at += points_one_of(r->p, r->at, about);
	if ((n = points_one_of(r->p, r->at, before_words)) == 0 || minutes > 366 * 1440) {
		r->at = from;
		return false;
	}
	r->at += n;
	r->minutes_ago = minutes;
	return true;
}

/* 17:42, 17:42:05, 17:30分 */
static bool
take_colon_clock(struct reading_time *r)
{
	int at = r->at, hour, minute, second = 0, n = points_number(r->p, at, &hour);

	if (n == 0 || n > 2 || hour > 24 || !points_is_digit(points_at(r->p, at)) || points_at(r->p, at + n) != ':' ||
	    points_is_latin(points_at(r->p, at - 1)))
		return false;
	at += n + 1;
	if ((n = points_number(r->p, at, &minute)) != 2 || minute > 59 || !points_is_digit(points_at(r->p, at)))
		return false;
	at += n;
	if (points_at(r->p, at) == ':' && (n = points_number(r->p, at + 1, &second)) == 2 && second < 60)
		at += 3;
	else
		second = 0;
	if (points_word(r->p, at, "分"))
		at++;
	r->at = at;
	r->hour = hour, r->minute = minute, r->second = second;
	return true;
}

/* 五点半, 5点20分, 十七时三十分, 5pm. A 分 that is missing is all right for a number of two digits (5点20). */
static bool
take_clock(struct reading_time *r)
{
	static const char *const minute_signs[] = { "分", NULL }, *const pm[] = { "p.m.", "pm", NULL }, *const am[] = { "a.m.", "am", NULL };
	int hour, minute, n, from = r->at;

	if (take_colon_clock(r))
		return true;
	if ((n = points_number(r->p, r->at, &hour)) == 0 || hour > 24)
		return false;
	if (points_one_of(r->p, r->at + n, pm) || points_one_of(r->p, r->at + n, am)) {
		r->shift = points_one_of(r->p, r->at + n, pm) ? 12 : 0;
		r->hour = hour;
		r->at += n + points_one_of(r->p, r->at + n, r->shift ? pm : am);
		return true;
	}
	r->at += n;
	if ((n = points_one_of(r->p, r->at, hour_words)) == 0 || points_word(r->p, r->at + n, "间") || points_word(r->p, r->at, "时候")) {
		r->at = from;
		return false;
	}
	r->at += n;
	r->hour = hour;
	if (points_word(r->p, r->at, "半")) {
		r->minute = 30;
		r->at++;
	} else if (points_word(r->p, r->at, "一刻") || points_word(r->p, r->at, "三刻")) {
		r->minute = points_word(r->p, r->at, "一刻") ? 15 : 45;
		r->at += 2;
	} else if (take_number(r, 0, 59, minute_signs, &minute)) {
		r->minute = minute;
	} else if ((n = points_number(r->p, r->at, &minute)) == 2 && minute < 60) {
		r->minute = minute;
		r->at += n;
	}
	return true;
}

/* One expression at `at`: [day][part][clock]. False when nothing there names a point in time. */
static bool
read_at(struct reading_time *r, int at)
{
	static const char *const just_now[] = { "刚才", "刚刚才", "就在刚刚", NULL };
	const struct word *w;
	bool dated;
	int n;

	*r = (struct reading_time){ .p = r->p, .at = at, .year = NONE, .month = NONE, .day = NONE, .days = NONE, .weekday = NONE, .week = NONE,
		.part = NONE, .hour = NONE, .minute = NONE, .minutes_ago = NONE };
	if ((n = points_one_of(r->p, at, just_now)) > 0) {
		r->at += n;
		r->now = true;
		return true;
	}
	if (take_ago(r))
		return true;
	dated = take_date(r) || take_weekday(r);
	if (!dated && take(r, days, &w)) {
		if (w->value == NONE || (w->word == strstr(w->word, "昨") && strlen(w->word) == strlen("昨") && points_is_han(points_at(r->p, r->at)) &&
		        !points_word(r->p, r->at, "上午") && !points_word(r->p, r->at, "下午") && !points_word(r->p, r->at, "中午")))
			return false;
		r->days = w->value;
		if (w->more) {
			r->part = w->more;
			r->shift = w->more >= 18 ? 12 : 0;
		}
		dated = true;
	}
	n = r->at;
	if (dated && points_at(r->p, r->at) == '(') { /* 11月3日（周一）晚上 */
		for (int i = r->at; i < r->at + 6; i++)
			if (points_at(r->p, i) == ')')
				n = i + 1;
		r->at = n;
	}
	skip_blanks(r);
	if (points_at(r->p, r->at) == ',' && dated)
		r->at++;
	if (take(r, parts, &w)) {
		r->part = w->value;
		r->shift = w->more;
		n = r->at;
	}
	skip_blanks(r);
	r->at += points_one_of(r->p, r->at, roughly);
	if (!take_clock(r))
		r->at = n;
	else if (r->shift == 0 && take(r, parts, &w)) { /* 5点下午 is rare, 12:30 pm is not */
		r->part = w->value;
		r->shift = w->more;
	}
	while ((n = points_one_of(r->p, r->at, about)) > 0 && r->hour != NONE) {
		r->at += n;
		r->about = true;
	}
	return dated || r->hour != NONE;
}

/* --- is it a point that has passed ---------------------------------------------------------------------------------- */

static bool
in_clause(const struct points *p, int from, int to, int step, const char *const *words)
{
	for (int i = from; i != to && i >= 0 && i < p->n && !points_is_stop(p->point[i]); i += step)
		if (points_one_of(p, i, words))
			return true;
	return false;
}

/* Another clock behind "到", "-", "~": hours of a day, or from when to when. */
static bool
is_range(const struct points *p, int at)
{
	static const char *const tos[] = { ")-", ")到", ")至", "一直到", "到", "至", "~", "-", "—", NULL };
	struct reading_time r = { .p = p };
	int n = points_one_of(p, at, tos);

	while (n && (points_at(p, at + n) == '-' || points_at(p, at + n) == 0x2014))
		n++;
	return n > 0 && read_at(&r, at + n) && (r.hour != NONE || r.part != NONE);
}

/* The date a letter ends with. */
static bool
is_signature(const struct points *p, int start, int end)
{
	int rest = end;

	while (rest < p->n && !points_is_han(p->point[rest]) && !points_is_digit(p->point[rest]))
		rest++;
	return rest >= p->n && start > 30 && !points_one_before(p, start, (const char *const[]){ "于", "在", NULL });
}

static bool
is_point(const struct reading_time *r, int start)
{
	const struct points *p = r->p;
	bool dated = r->days != NONE || r->day != NONE || r->weekday != NONE;
	static const char *const clock_cues[] = { "于", "在", "约", "大概", "大约", "我", "其", ",", "(", "\n", ":", NULL };

	if (points_one_before(p, start, not_after) || in_clause(p, start - 1, start - BEFORE, -1, recurring))
		return false;
	if (r->day != NONE && r->month == NONE && points_one_of(p, r->at, numbered))
		return false;
	if (points_one_of(p, r->at, not_before) || in_clause(p, r->at, r->at + AFTER, 1, letters))
		return false;
	if (r->days == 0 && r->part == NONE && r->hour == NONE && points_one_of(p, r->at, writing)) /* 今天向您反映 is the letter's day */
		return false;
	if (r->numeric && in_clause(p, r->at, r->at + HEADING, 1, (const char *const[]){ ":", NULL })) /* 2018-05-11 10:02 某局：… */
		return false;
	if (r->weekday != NONE && r->week == NONE && r->part == NONE && r->hour == NONE &&
	    (!points_is_stop(points_at(p, start - 1)) || !points_one_of(p, r->at, went))) /* 周六周日 are habits, 星期二去… is a day */
		return false;
	if (r->day != NONE && r->month == NONE && r->part == NONE && r->hour == NONE) /* 3号 is a house, 3号上午 a day */
		return false;
	if (r->day != NONE && r->month == NONE && (points_at(p, start - 1) == '.' || points_at(p, start - 1) == '-'))
		return false;
	if (r->day != NONE && r->part == NONE && r->hour == NONE && is_signature(p, start, r->at))
		return false;
	if (r->day != NONE && in_clause(p, start - 1, start - 6, -1, laws))
		return false;
	if (dated || r->now || r->minutes_ago != NONE)
		return true;
	/* A clock without a day is today's when somebody tells of one occasion: 于 before it, minutes, 左右. A range of hours is a timetable,
	 * and 一点 is a little. */
	if (r->part == NONE && r->minute == NONE && !r->about && !points_one_before(p, start, (const char *const[]){ "于", NULL }))
		return false;
	return !is_range(p, r->at) && !points_one_before(p, start, (const char *const[]){ "-", "~", "—", "点", "时", NULL }) &&
	    (start == 0 || r->part != NONE || points_one_before(p, start, clock_cues));
}

/* --- which instant -------------------------------------------------------------------------------------------------- */

static bool
make(int year, int month, int day, int hour, int minute, int second, usec_t *out)
{
	return clock_make(year, month, day, hour, minute, second, out);
}

static void
clock_of(const struct reading_time *r, int *hour, int *minute, enum said_precision *precision)
{
	*hour = 0, *minute = 0;
	*precision = SAID_DAY;
	if (r->part != NONE) {
		*hour = r->part;
		*precision = SAID_PART;
	}
	if (r->hour != NONE) {
		*hour = r->hour;
		*minute = r->minute != NONE ? r->minute : 0;
		*precision = r->minute != NONE ? SAID_MINUTE : SAID_HOUR;
		/* 下午五点 is 17; 晚上十二点 and 夜里两点 are the next day's first hours; 中午一点 is 13 */
		if (r->shift == 12 && r->hour < 12)
			*hour += 12;
		else if (r->shift == 12 && r->hour == 12 && r->part != NONE && r->part >= 18)
			*hour = 24;
		else if (r->shift == 1 && r->hour < 4)
			*hour += 12;
		else if (r->shift == 2 && r->hour >= 8 && r->hour < 12)
			*hour += 12;
		else if (r->shift == 2 && r->hour <= 5 && r->part == 23)
			*hour += 24;
	}
}

static bool
resolve(const struct reading_time *r, usec_t received, usec_t *when, enum said_precision *precision)
{
	int year, month, day, hour, minute, now_year, now_month, now_day, second = r->second;
	bool dated = r->days != NONE || r->day != NONE || r->weekday != NONE;

	clock_local(received, &now_year, &now_month, &now_day, NULL, NULL, NULL);
	*precision = SAID_MINUTE;
	if (r->now || r->minutes_ago != NONE) {
		*when = received - (r->now ? 0 : r->minutes_ago * 60 * USEC_S);
		*precision = r->minutes_ago != NONE && r->minutes_ago >= 1440 ? SAID_DAY : SAID_MINUTE;
		return true;
	}
	clock_of(r, &hour, &minute, precision);
	year = r->year == NONE ? now_year : r->year < 0 ? now_year + r->year + 1 : r->year;
	month = r->month == NONE ? now_month : r->month < 0 ? now_month + r->month + 1 : r->month;
	day = r->day != NONE ? r->day : now_day;
	if (r->days != NONE)
		day += r->days;
	if (r->weekday != NONE) {
		usec_t noon;
		int today;

		if (!make(now_year, now_month, now_day, 12, 0, 0, &noon))
			return false;
		today = (int)((noon / USEC_S / 86400 + 3) % 7) + 1; /* 1970-01-01 was a Thursday */
		day += r->weekday - today + 7 * (r->week == NONE ? (r->weekday > today ? -1 : 0) : r->week);
	}
	if (!make(year, month, day, hour, minute, second, when))
		return false;
	if (*when > received + FUTURE && !dated) /* 17:42 told at nine in the morning was yesterday's */
		return make(year, month, day - 1, hour, minute, second, when);
	if (*when > received + FUTURE && r->day != NONE && r->month == NONE)
		return make(year, month - 1, day, hour, minute, second, when);
	if (*when > received + FUTURE && r->month > 0 && r->year == NONE)
		return make(year - 1, month, day, hour, minute, second, when);
	return true;
}

/* Where the expression to which this hit belongs begins: a number stands before a unit. */
static int
begin_of(const struct points *p, const struct words_hit *hit, int after)
{
	int at = hit->start;

	for (int n = 0; at > after && n < 9; n++, at--) {
		uint32_t cp = points_at(p, at - 1);

		if (points_digit(cp) < 0 && cp != 0x5341 && cp != 0x767e)
			break;
	}
	return at;
}

bool
said_time_find(const struct said_time *t, const struct points *p, usec_t received, struct said_moment *out)
{
	struct words_hit hit[TRIES];
	int n = points_scan(p, t->starts, hit, TRIES), after = 0;

	for (int i = 0; i < n; i++) {
		struct reading_time r = { .p = p };
		int start = begin_of(p, &hit[i], after);

		if (hit[i].start < after || !read_at(&r, start))
			continue;
		after = r.at;
		if (!is_point(&r, start) || !resolve(&r, received, &out->when, &out->precision))
			continue;
		if (out->when > received + FUTURE || out->when < received - PAST)
			continue;
		out->at = (struct span){ start, r.at };
		return true;
	}
	return false;
}
