#include "core/machine/said_time_inside.h"

#include <string.h>
#include "core/base/clock.h"

enum { EARLY = 5 }; /* nobody says 三点 of the small hours without 凌晨 */

struct word { const char *word; int value, more; };

/* Days from today, and the part of the day the word itself names (an hour, 0 = none). */
static const struct word days[] = {
	{ "大前天", -3, 0 }, { "前天晚上", -2, 20 }, { "前天夜里", -2, 23 }, { "前天", -2, 0 }, { "前日", -2, 0 }, { "前晚", -2, 20 },
	{ "昨天晚上", -1, 20 }, { "昨天夜里", -1, 23 }, { "昨天", -1, 0 }, { "昨日", -1, 0 }, { "昨儿", -1, 0 }, { "昨晚", -1, 20 }, { "昨夜", -1, 23 },
	{ "昨早", -1, 8 }, { "昨晨", -1, 7 }, { "昨", -1, 0 }, { "今天", 0, 0 }, { "今日", 0, 0 }, { "今早", 0, 8 }, { "今晨", 0, 6 }, { "今晚", 0, 20 },
	{ "今夜", 0, 20 }, { "今儿", 0, 0 }, { "当天", SAID_NONE, 0 }, { "yesterday", -1, 0 }, { "today", 0, 0 }, { "tonight", 0, 20 }, { "last night", -1, 20 },
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
	{ "星期", SAID_NONE, 0 }, { "礼拜", SAID_NONE, 0 }, { "周", SAID_NONE, 0 }, { NULL, 0, 0 },
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
	if (take_number(r, 1, 31, day_signs, &value) && !(r->year != SAID_NONE && r->month == SAID_NONE)) {
		r->day = value;
		if (r->month > 0 && !clock_is_date(r->year > 0 ? r->year : 2024, r->month, r->day))
			r->day = SAID_NONE;
		return r->day != SAID_NONE;
	}
	r->year = r->month = r->day = SAID_NONE;
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
	if (!names[n] || (n == 8 && w->value == SAID_NONE) || points_at(r->p, from - 1) == 0x4e00 /* 一周一次 */) {
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
	r->twelve = hour >= 1 && hour <= EARLY;
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

bool
said_time_read(struct reading_time *r, const struct points *p, int at)
{
	static const char *const just_now[] = { "刚才", "刚刚才", "就在刚刚", NULL };
	const struct word *w;
	bool dated;
	int n;

	*r = (struct reading_time){ .p = p, .at = at, .year = SAID_NONE, .month = SAID_NONE, .day = SAID_NONE, .days = SAID_NONE, .weekday = SAID_NONE, .week = SAID_NONE,
		.part = SAID_NONE, .hour = SAID_NONE, .minute = SAID_NONE, .minutes_ago = SAID_NONE };
	if ((n = points_one_of(p, at, just_now)) > 0) {
		r->at += n;
		r->now = true;
		return true;
	}
	if (take_ago(r))
		return true;
	dated = take_date(r) || take_weekday(r);
	if (!dated && take(r, days, &w)) {
		if (w->value == SAID_NONE || (w->word == strstr(w->word, "昨") && strlen(w->word) == strlen("昨") && points_is_han(points_at(r->p, r->at)) &&
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
	while ((n = points_one_of(r->p, r->at, about)) > 0 && r->hour != SAID_NONE) {
		r->at += n;
		r->about = true;
	}
	return dated || r->hour != SAID_NONE;
}
