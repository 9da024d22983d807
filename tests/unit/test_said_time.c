/* When it happened: resolved against the moment of receipt; what is no point in time stays out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/machine/said_time.h"

static struct said_time *reader;
static usec_t received;

static int
setup(void **state)
{
	(void)state;
	clock_zone("Asia/Shanghai");
	clock_parse("2026-03-02T09:15:00+08:00", 25, &received); /* a Monday */
	return (reader = said_time_new()) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	said_time_free(reader);
	return 0;
}

static bool
find(const char *text, struct said_moment *m)
{
	static struct points p;

	points_read(&p, text, strlen(text));
	return said_time_find(reader, &p, received, m);
}

static void
is(const char *text, const char *when, enum said_precision precision)
{
	struct said_moment m;
	char said[40] = "nothing";

	if (find(text, &m))
		clock_rfc3339(m.when, said);
	said[strcmp(said, "nothing") == 0 ? 7 : 16] = '\0';
	if (strcmp(said, when) != 0)
		print_error("%s: %s, want %s\n", text, said, when);
	assert_string_equal(said, when);
	assert_int_equal(m.precision, precision);
}

static void
test_points_in_time(void **state)
{
	(void)state;
	is("今天早上八点", "2026-03-02T08:00", SAID_HOUR);
	is("昨天下午3点20分左右", "2026-03-01T15:20", SAID_MINUTE);
	is("昨晚有人放炮", "2026-03-01T20:00", SAID_PART);
	is("昨夜十一点半", "2026-03-01T23:30", SAID_MINUTE);
	is("前天中午", "2026-02-28T12:00", SAID_PART);
	is("大前天", "2026-02-27T00:00", SAID_DAY);
	is("2月28日凌晨两点", "2026-02-28T02:00", SAID_HOUR);
	is("12月31日晚上10点", "2025-12-31T22:00", SAID_HOUR); /* of last year */
	is("2026年2月3日", "2026-02-03T00:00", SAID_DAY);
	is("二〇二六年二月十三日十七时三十分", "2026-02-13T17:30", SAID_MINUTE);
	is("2026-02-14 08:05:09在窗口", "2026-02-14T08:05", SAID_MINUTE);
	is("2026/2/14", "2026-02-14T00:00", SAID_DAY);
	is("２０２６年２月３日", "2026-02-03T00:00", SAID_DAY);
	is("其于1月2日19:48分左右在站点", "2026-01-02T19:48", SAID_MINUTE);
	is("1月2号早上", "2026-01-02T08:00", SAID_PART);
	is("元月二号上午", "2026-01-02T09:00", SAID_PART);
	is("上周三去办事", "2026-02-25T00:00", SAID_DAY);
	is("上星期天下午", "2026-03-01T14:00", SAID_PART);
	is("半小时前着火", "2026-03-02T08:45", SAID_MINUTE);
	is("十分钟前", "2026-03-02T09:05", SAID_MINUTE);
	is("三天前被骗", "2026-02-27T09:15", SAID_DAY);
	is("刚才有人落水", "2026-03-02T09:15", SAID_MINUTE);
	is("于23:10乘坐出租车", "2026-03-01T23:10", SAID_MINUTE); /* not yet today */
	is("晚上12点还在施工", "2026-03-02T00:00", SAID_HOUR);
	is("28日上午九点", "2026-02-28T09:00", SAID_HOUR);  /* of last month */
	is("昨天5pm", "2026-03-01T17:00", SAID_HOUR);
	is("昨天樓上漏水", "2026-03-01T00:00", SAID_DAY);
	is("去年10月5日", "2025-10-05T00:00", SAID_DAY);
	is("刚刚08:50，司机骂人", "2026-03-02T08:50", SAID_MINUTE);
	is("昨天三点左右", "2026-03-01T15:00", SAID_HOUR); /* nobody says 三点 of the night */
	is("今天凌晨三点", "2026-03-02T03:00", SAID_HOUR);
	is("于3点左右在车站", "2026-03-02T03:00", SAID_HOUR); /* not yet afternoon */
	is("昨晚10点到凌晨2点", "2026-03-01T22:00", SAID_HOUR);
}

static void
test_no_points(void **state)
{
	static const char *const none[] = {
		"", "每天晚上十点", "每晚8点", "经常半夜三点施工", "早上7点到晚上9点营业", "10:00-22:00", "自从去年三月", "自2月1日起", "11月30日前完成", "到今天还没修好", "一点办法都没有", "3号楼", "地铁三号线",
		"8号店", "1986年5月3日出生", "2017年买的房", "上个月", "今年", "周末", "周六周日", "一周一次", "三天两头", "13月45日", "25点", "第3点", "明天上午", "12:3", "1:5的比例", "工单20260228123456",
		"2026-02-14 08:05:09某街道办：经查", "依据管理办法(2026年2月3日", "2019年11月3日", "今天向您反映", "早上四点就开始剁肉", "晚上10点都在跳舞", "分时段", "小时候",
	};
	struct said_moment m;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		if (find(none[i], &m))
			print_error("taken for a time: %s [%d, %d)\n", none[i], m.at.start, m.at.end);
		assert_false(find(none[i], &m));
	}
}

static void
test_span(void **state)
{
	struct said_moment m;

	(void)state;
	assert_true(find("😀我昨天下午五点左右在家", &m));
	assert_int_equal(m.at.start, 2);
	assert_int_equal(m.at.end, 10);
}

/* A part of the day has no stroke of the clock at which it begins: while it does, it is now. */
static void
test_beginnings(void **state)
{
	usec_t before = received;

	(void)state;
	clock_parse("2026-03-02T00:46:00+08:00", 25, &received);
	is("今天凌晨闻到燃气味", "2026-03-02T00:46", SAID_PART);
	is("昨天凌晨闻到燃气味", "2026-03-01T01:00", SAID_PART);
	clock_parse("2026-03-02T07:20:00+08:00", 25, &received);
	is("今天早上垃圾没清", "2026-03-02T07:20", SAID_PART);
	clock_parse("2026-03-02T05:00:00+08:00", 25, &received);
	assert_false(find("今天下午要停水吗", &(struct said_moment){ 0 }));
	received = before;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_points_in_time),
		cmocka_unit_test(test_no_points),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_beginnings),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
