#include "core/machine/said_time.h"

#include <stdlib.h>
#include <string.h>
#include "core/machine/said_time_inside.h"

enum { TRIES = 256, BEFORE = 14, AFTER = 14, HEADING = 30 };
static const usec_t FUTURE = 10 * 60 * USEC_S, PAST = 366 * 86400 * USEC_S, HALF_DAY = 43200 * USEC_S;
static const usec_t BEGINNING = 3600 * USEC_S; /* 凌晨 is said at half past twelve, 早上 at seven: a part of the day has no stroke of the clock */

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
	struct reading_time r;
	int n = points_one_of(p, at, tos);

	while (n && (points_at(p, at + n) == '-' || points_at(p, at + n) == 0x2014))
		n++;
	return n > 0 && said_time_read(&r, p, at + n) && (r.hour != SAID_NONE || r.part != SAID_NONE);
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
	bool dated = r->days != SAID_NONE || r->day != SAID_NONE || r->weekday != SAID_NONE;
	static const char *const habits[] = { "就", "开始", "都", "才", NULL }, *const clock_cues[] = { "刚刚", "刚", "于", "在", "约", "大概", "大约", "我", "其", ",", "(", "\n", ":", NULL };

	if (points_one_before(p, start, not_after) || in_clause(p, start - 1, start - BEFORE, -1, recurring))
		return false;
	if (r->day != SAID_NONE && r->month == SAID_NONE && points_one_of(p, r->at, numbered))
		return false;
	if (points_one_of(p, r->at, not_before) || in_clause(p, r->at, r->at + AFTER, 1, letters))
		return false;
	if (r->days == 0 && r->part == SAID_NONE && r->hour == SAID_NONE && points_one_of(p, r->at, writing)) /* 今天向您反映 is the letter's day */
		return false;
	if (r->numeric && in_clause(p, r->at, r->at + HEADING, 1, (const char *const[]){ ":", NULL })) /* 2018-05-11 10:02 某局：… */
		return false;
	if (r->weekday != SAID_NONE && r->week == SAID_NONE && r->part == SAID_NONE && r->hour == SAID_NONE &&
	    (!points_is_stop(points_at(p, start - 1)) || !points_one_of(p, r->at, went))) /* 周六周日 are habits, 星期二去… is a day */
		return false;
	if (r->day != SAID_NONE && r->month == SAID_NONE && r->part == SAID_NONE && r->hour == SAID_NONE) /* 3号 is a house, 3号上午 a day */
		return false;
	if (r->day != SAID_NONE && r->month == SAID_NONE && (points_at(p, start - 1) == '.' || points_at(p, start - 1) == '-'))
		return false;
	if (r->day != SAID_NONE && r->part == SAID_NONE && r->hour == SAID_NONE && is_signature(p, start, r->at))
		return false;
	if (r->day != SAID_NONE && in_clause(p, start - 1, start - 6, -1, laws))
		return false;
	if (dated || r->now || r->minutes_ago != SAID_NONE)
		return true;
	/* A clock without a day is today's when somebody tells of one occasion: 于 before it, minutes, 左右. A range of hours is a timetable,
	 * and 一点 is a little. */
	if (r->part == SAID_NONE && r->minute == SAID_NONE && !r->about && !points_one_before(p, start, (const char *const[]){ "于", NULL }))
		return false;
	if (points_one_of(p, r->at, habits)) /* 早上四点就开始: so it is every day */
		return false;
	return !is_range(p, r->at) && !points_one_before(p, start, (const char *const[]){ "-", "~", "—", "点", "时", NULL }) &&
	    (start == 0 || r->part != SAID_NONE || points_one_before(p, start, clock_cues));
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
	if (r->part != SAID_NONE) {
		*hour = r->part;
		*precision = SAID_PART;
	}
	if (r->hour != SAID_NONE) {
		*hour = r->hour;
		*minute = r->minute != SAID_NONE ? r->minute : 0;
		*precision = r->minute != SAID_NONE ? SAID_MINUTE : SAID_HOUR;
		/* 下午五点 is 17; 晚上十二点 and 夜里两点 are the next day's first hours; 中午一点 is 13 */
		if (r->shift == 12 && r->hour < 12)
			*hour += 12;
		else if (r->shift == 12 && r->hour == 12 && r->part != SAID_NONE && r->part >= 18)
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
	bool dated = r->days != SAID_NONE || r->day != SAID_NONE || r->weekday != SAID_NONE;

	clock_local(received, &now_year, &now_month, &now_day, NULL, NULL, NULL);
	*precision = SAID_MINUTE;
	if (r->now || r->minutes_ago != SAID_NONE) {
		*when = received - (r->now ? 0 : r->minutes_ago * 60 * USEC_S);
		*precision = r->minutes_ago != SAID_NONE && r->minutes_ago >= 1440 ? SAID_DAY : SAID_MINUTE;
		return true;
	}
	clock_of(r, &hour, &minute, precision);
	year = r->year == SAID_NONE ? now_year : r->year < 0 ? now_year + r->year + 1 : r->year;
	month = r->month == SAID_NONE ? now_month : r->month < 0 ? now_month + r->month + 1 : r->month;
	day = r->day != SAID_NONE ? r->day : now_day;
	if (r->days != SAID_NONE)
		day += r->days;
	if (r->weekday != SAID_NONE) {
		usec_t noon;
		int today;

		if (!make(now_year, now_month, now_day, 12, 0, 0, &noon))
			return false;
		today = (int)((noon / USEC_S / 86400 + 3) % 7) + 1; /* 1970-01-01 was a Thursday */
		day += r->weekday - today + 7 * (r->week == SAID_NONE ? (r->weekday > today ? -1 : 0) : r->week);
	}
	if (!make(year, month, day, hour, minute, second, when))
		return false;
	if (*precision == SAID_PART && *when > received && *when - received <= BEGINNING)
		*when = received;
	if (r->twelve && r->part == SAID_NONE && *when + HALF_DAY <= received)
		*when += HALF_DAY;
	if (*when > received + FUTURE && !dated) /* 17:42 told at nine in the morning was yesterday's */
		return make(year, month, day - 1, hour, minute, second, when);
	if (*when > received + FUTURE && r->day != SAID_NONE && r->month == SAID_NONE)
		return make(year, month - 1, day, hour, minute, second, when);
	if (*when > received + FUTURE && r->month > 0 && r->year == SAID_NONE)
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
		struct reading_time r;
		int start = begin_of(p, &hit[i], after);

		if (hit[i].start < after || !said_time_read(&r, p, start))
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
