/* Places in sentences: one name in several districts and what chooses among them, what part a place plays, other cities, slips, forms of
 * writing, stations, ordinary words, coordinates, and texts that mean harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/machine/boundary.h"
#include "core/machine/place.h"

#define P(c, n, l, p, ...) { .code = (c), .name = (n), .level = (l), .parent = (p), ##__VA_ARGS__ }
#define ALIAS(...) .aliases = (const char *const[]){ __VA_ARGS__ }, .naliases = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static const struct place_entry town[] = {
	P("440300", "深圳市", "city", "", ALIAS("深圳")),
	P("440306", "宝安区", "district", "440300"), P("440309", "龙华区", "district", "440300"), P("440310", "坪山区", "district", "440300"),
	P("440306018", "西乡街道", "street", "440306"), P("440306019", "航城街道", "street", "440306"), P("440306017", "新安街道", "street", "440306"),
	P("440309001", "龙华街道", "street", "440309"), P("440309006", "观澜街道", "street", "440309"), P("440310001", "坪山街道", "street", "440310"),
	P("440306018001", "固戍社区", "community", "440306018"), P("440306018002", "田心社区", "community", "440306018"),
	P("440306019001", "钟屋社区", "community", "440306019"), P("440306019002", "和平社区", "community", "440306019"),
	P("440309001001", "和平社区", "community", "440309001"), P("440309001002", "田心社区", "community", "440309001"),
	P("440309006001", "君新社区", "community", "440309006"), P("440310001001", "荷坳社区", "community", "440310001"),
	P("440310001002", "田心社区", "community", "440310001"), P("440310001003", "坪山社区", "community", "440310001"),
	P("440310001004", "杨美社区嘉丽园社区", "community", "440310001"), P("440310001005", "小石坑社区", "community", "440310001"),
	P("440310001006", "石坑社区", "community", "440310001"), P("440310001007", "上李蓢社区", "community", "440310001"),
	P("L1", "车公庙地铁站", "landmark", "440306017", .located = true, .lat = 22.53, .lng = 114.02),
	P("L2", "平安火车站", "landmark", "440309001"), P("L3", "机场", "landmark", "440306019", ALIAS("宝安机场")),
	P("L4", "欢乐谷", "landmark", "440306017"), P("L5", "Nanlu Plaza", "landmark", "440306017", .located = true, .lat = 22.55, .lng = 113.88),
	P("L6", "中央书城", "landmark", "440309001", ALIAS("书城", "龍華書城")),
};
enum { TOWN = sizeof town / sizeof *town };

static struct gazetteer *places;

static int
setup(void **state)
{
	(void)state;
	places = gazetteer_new(town, TOWN);
	return places ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	gazetteer_free(places);
	return 0;
}

static struct place_match
seek(const char *address, const char *text, const char *hint)
{
	struct place_match m;

	place_find(places, address, text, strlen(text), hint, &m);
	return m;
}

static void
is(const struct place_match *m, const char *text, const char *code)
{
	if ((code == NULL) != (m->code == NULL) || (code && strcmp(m->code, code) != 0) || m->ambiguous)
		print_error("%s: %s%s instead of %s\n", text, m->ambiguous ? "?" : "", m->code ? m->code : "nothing", code ? code : "nothing");
	assert_false(m->ambiguous);
	if (!code)
		assert_null(m->code);
	else
		assert_string_equal(m->code, code);
}

static void
expect(const char *text, const char *code)
{
	struct place_match m = seek(NULL, text, NULL);

	is(&m, text, code);
}

/* --- from one place to another ------------------------------------------------------------------------------------------- */

/* Where somebody set out from is never the answer. */
static void
test_left_behind(void **state)
{
	(void)state;
	expect("从龙华坐车到西乡街道，司机绕路", "440306018");
	expect("从龙华区打车去西乡街道被多收钱", "440306018");
	expect("从龙华坐车到那个大商场花了两个小时", NULL);
	expect("从龙华坐车到坪山广场", "440310");
}

/* --- one name in several places ------------------------------------------------------------------------------------------ */

static void
test_several(void **state)
{
	struct place_match m = seek(NULL, "田心社区垃圾成堆", NULL);

	(void)state;
	assert_true(m.ambiguous);
	assert_int_equal(m.candidates, 3);
	assert_string_equal(m.code, "440300");
	assert_true(m.candidate_score[0] >= m.candidate_score[2]);
	expect("西乡街道田心社区垃圾成堆", "440306018002");
	expect("西乡田心垃圾成堆", "440306018002");
	expect("龙华区的田心社区垃圾成堆", "440309001002");
	expect("家住坪山区，反映田心社区垃圾成堆", "440310001002"); /* another place in the text */
	m = seek("龙华街道３栋", "田心社区垃圾成堆", NULL);
	is(&m, "address", "440309001002");
	m = seek(NULL, "田心社区垃圾成堆", "440310");
	is(&m, "channel", "440310001002");
	assert_int_equal(m.candidates, 2); /* what the channel decided against is told */
	m = seek("龙华街道", "田心社区垃圾成堆", "440310");
	is(&m, "address before channel", "440309001002");
	place_seek(places, &(struct place_query){ .address = "观澜街道人民路3号", .corrected = true, .text = "坪山街道人民路垃圾成堆", .text_len = sizeof "坪山街道人民路垃圾成堆" - 1 }, &m);
	is(&m, "a corrected address before the text", "440309006");
	assert_int_equal(m.in, PLACE_IN_ADDRESS);
	place_seek(places, &(struct place_query){ .address = "观澜街道人民路3号", .text = "坪山街道人民路垃圾成堆", .text_len = sizeof "坪山街道人民路垃圾成堆" - 1 }, &m);
	is(&m, "the citizen's own address behind the text", "440310001");
	place_seek(places, &(struct place_query){ .address = "人民路3号", .corrected = true, .text = "坪山街道人民路垃圾成堆", .text_len = sizeof "坪山街道人民路垃圾成堆" - 1 }, &m);
	is(&m, "a corrected address that names no place", "440310001");
	m = seek("龙华街道", "坪山田心社区垃圾成堆", "440306");
	is(&m, "text before both", "440310001002");
	m = seek(NULL, "田心社区垃圾成堆", "440300");
	assert_true(m.ambiguous); /* the city's own channel chooses nothing */
}

static void
test_shared_stem(void **state)
{
	(void)state;
	expect("坪山的路灯坏了", "440310");
	expect("坪山区坪山的路灯坏了", "440310001"); /* the wider one is named already */
	expect("坪山街道的路灯坏了", "440310001");
	expect("坪山社区的路灯坏了", "440310001003");
}

static void
test_nested_and_cut(void **state)
{
	(void)state;
	expect("小石坑社区停水", "440310001005");
	expect("石坑社区停水", "440310001006");
	expect("嘉丽园社区停水", "440310001004");
	expect("地址是坪山区坪山街道荷坳", "440310001001");
	expect("工单写着“坪山街道荷坳社”，后面看不清", "440310001001");
	expect("工单写着“宝安区西乡街”，后面看不清", "440306018");
	expect("西乡街上有人打架", "440306018");
	expect("固戍社会治安", "440306018001");
}

/* --- the part a place plays ------------------------------------------------------------------------------------------------ */

static void
test_parts(void **state)
{
	struct place_match m;

	(void)state;
	expect("我家住在西乡固戍，昨天在龙华区观澜街道君新社区被骗", "440309006001");
	expect("我家住在西乡固戍，想问怎么办", "440306018001"); /* nothing else is told */
	expect("请观澜街道办尽快处理，西乡固戍的垃圾没人收", "440306018001");
	expect("从西乡固戍搬到航城钟屋以后没有燃气", "440306019001");
	expect("上次反映的西乡固戍已经解决了，这次在航城钟屋", "440306019001");
	expect("工单写的是观澜街道，实际在航城街道钟屋社区", "440306019001");
	m = seek("西乡街道固戍社区", "地址栏填错了，我说的是航城钟屋", NULL);
	is(&m, "wrong address", "440306019001");
	m = seek(NULL, "固戍社区和钟屋社区之间的路没有灯", NULL);
	assert_true(m.ambiguous);
	assert_int_equal(m.candidates, 2);
	assert_string_equal(m.code, "440306");
	expect("固戍到钟屋的路上，靠钟屋这一侧没有灯", "440306019001"); /* two statements against one */
}

static void
test_old_membership(void **state)
{
	(void)state;
	expect("西乡街道钟屋社区的路塌了", "440306019001"); /* it once was of 西乡 */
	expect("宝安区观澜街道君新社区", "440309006001");
	expect("坪山新区荷坳社区", "440310001001");
	expect("宝安县西乡镇", "440306018");
}

/* --- not here --------------------------------------------------------------------------------------------------------------- */

static void
test_outside(void **state)
{
	(void)state;
	expect("海口龙华区城西镇的房子", NULL);
	expect("在北京欢乐谷丢了手机", NULL);
	expect("广州白云机场的行李", NULL);
	expect("家住西乡，人在东莞虎门被骗", NULL);
	expect("我是湖北武汉人，在西乡固戍租房", "440306018001");
	expect("北京路上的井盖坏了", NULL);
	expect("深圳机场出发层堵车", "L3");
}

static void
test_ordinary_words(void **state)
{
	(void)state;
	expect("希望和平解决", NULL);
	expect("重新安排座位", NULL);
	expect("新安装的路灯坏了", NULL);
	expect("宝安大道堵车", NULL);
	expect("西乡五西路没有路灯", NULL);
	expect("龙华花园三期停水", NULL);
	expect("西乡路灯坏了", "440306018");
	expect("观澜河发臭", NULL);
	expect("公园中心的和平鸽", NULL);
	expect("钟屋南路", NULL);
}

/* --- forms of writing --------------------------------------------------------------------------------------------------------- */

static void
test_writing(void **state)
{
	struct place_match m;

	(void)state;
	expect("寶安區西鄉街道固戍社區的路燈壞了", "440306018001");
	expect("龍華書城關門太早", "L6");
	expect("宝安区　西乡街道　固戍社区　８号楼", "440306018001");
	expect("near NANLU ＰＬＡＺＡ gate B", "L5");
	expect("xNanlu Plazas", NULL);
	m = seek(NULL, "😀ＡＢ寶安區西鄉街道", NULL);
	assert_int_equal(m.start, 3);
	assert_int_equal(m.end, 10);
}

static void
test_slips(void **state)
{
	(void)state;
	expect("宝安区西乡街道固戌社区停水", "440306018001"); /* looks alike */
	expect("坪山街道荷凹社区停水", "440310001001");       /* sounds alike */
	expect("龙华区观谰街道君新社区", "440309006001");
	expect("上李朗社区停水", "440310001007");
	expect("下李蓢社区停水", NULL);                       /* another name, not a slip */
	expect("荷凹社区停水", NULL);                         /* two characters, and nothing around them */
}

static void
test_stations(void **state)
{
	struct place_match m;

	(void)state;
	expect("车公庙站Ｄ口扶梯坏了", "L1");
	expect("车公庙地铁口有人摆摊", "L1");
	expect("钟屋地铁站外面太黑", "440306019001"); /* called after one community */
	expect("平安火车站没有的士", "L2");
	expect("平安站没有的士", "L2");
	m = seek(NULL, "在航城街道的机场排队", NULL);
	is(&m, "station", "L3");
	assert_string_equal(m.chain[1], "440306");
	assert_string_equal(m.chain[2], "440306019");
	assert_null(m.chain[3]);
	assert_string_equal(m.chain[4], "L3");
	assert_int_equal(m.in, PLACE_IN_TEXT);
}

/* --- coordinates ------------------------------------------------------------------------------------------------------------------ */

static struct place_match
locate(const char *text, const char *hint, double lat, double lng)
{
	struct place_match m;

	place_seek(places, &(struct place_query){ .text = text, .text_len = strlen(text), .hint = hint, .located = true, .lat = lat, .lng = lng }, &m);
	return m;
}

static void
test_nearest(void **state)
{
	struct place_match m = locate("路灯坏了", NULL, 22.5305, 114.0205);

	(void)state;
	is(&m, "near a station", NULL); /* a guess is no decision */
	assert_int_equal(m.candidates, 1);
	assert_string_equal(m.candidate[0], "L1");
	assert_int_equal(m.candidate_in[0], PLACE_IN_COORDINATES);
	m = locate("路灯坏了", "440310", 22.60, 114.02);
	assert_null(m.code);
	assert_int_equal(m.candidates, 0); /* a district's channel hints at nothing */
	m = locate("路灯坏了", "440310001", 22.60, 114.02);
	assert_null(m.code);
	assert_int_equal(m.candidates, 1);
	assert_string_equal(m.candidate[0], "440310001");
	assert_int_equal(m.candidate_in[0], PLACE_IN_CHANNEL);
	m = locate("路灯坏了", NULL, NAN, 114.02);
	assert_int_equal(m.candidates, 0);
	m = locate("路灯坏了", NULL, 1e300, -1e300);
	assert_int_equal(m.candidates, 0);
}

static void
test_boundaries(void **state)
{
	static const double west[] = { 113.8, 22.5, 113.9, 22.5, 113.9, 22.6, 113.8, 22.6 }, east[] = { 113.9, 22.5, 114.0, 22.5, 114.0, 22.6, 113.9, 22.6 },
		both[] = { 113.8, 22.5, 114.0, 22.5, 114.0, 22.6, 113.8, 22.6 }, far[] = { 114.3, 22.6, 114.4, 22.6, 114.4, 22.7 };
	struct boundaries *b = boundaries_new();
	struct place_match m;

	(void)state;
	assert_true(boundaries_add(b, "440306", &(struct boundary_ring){ both, 4 }, 1));
	assert_true(boundaries_add(b, "440306018001", &(struct boundary_ring){ west, 4 }, 1));
	assert_true(boundaries_add(b, "440306018002", &(struct boundary_ring){ east, 4 }, 1));
	assert_true(boundaries_add(b, "440310001002", &(struct boundary_ring){ far, 3 }, 1));
	assert_true(boundaries_add(b, "no such place", &(struct boundary_ring){ both, 4 }, 1));
	assert_true(boundaries_done(b));
	gazetteer_bound(places, b);
	m = locate("路灯坏了", NULL, 22.55, 113.85);
	is(&m, "coordinate alone", "440306018001");
	assert_int_equal(m.in, PLACE_IN_COORDINATES);
	assert_int_equal(m.start, -1);
	m = locate("宝安区的路灯坏了", NULL, 22.55, 113.85);
	is(&m, "made narrower", "440306018001");
	assert_int_equal(m.in, PLACE_IN_COORDINATES);
	assert_int_equal(m.start, 0);
	m = locate("航城街道钟屋社区的路灯坏了", NULL, 22.55, 113.85);
	is(&m, "words before coordinates", "440306019001");
	assert_int_equal(m.candidates, 1);
	assert_string_equal(m.candidate[0], "440306018001");
	assert_int_equal(m.candidate_in[0], PLACE_IN_COORDINATES);
	m = locate("固戍社区的路灯坏了", NULL, 22.55, 113.85);
	is(&m, "both agree", "440306018001");
	assert_int_equal(m.in, PLACE_IN_TEXT);
	assert_int_equal(m.candidates, 0);
	m = locate("田心社区的路灯坏了", NULL, 22.55, 113.95);
	is(&m, "a tie broken", "440306018002");
	assert_int_equal(m.candidates, 2);
	m = locate("在北京欢乐谷丢了手机", NULL, 22.55, 113.85);
	is(&m, "elsewhere", NULL);
	assert_int_equal(m.candidates, 1);
	m = locate("路灯坏了", NULL, 23.55, 113.85);
	is(&m, "outside all", NULL);
	gazetteer_bound(places, NULL);
	boundaries_free(b);
}

/* --- harm ----------------------------------------------------------------------------------------------------------------------- */

static void
test_harm(void **state)
{
	static const char *const unit[] = { "宝安区西乡街道固戍社区", "田心社区", "宝安", "从到住在", "北京", "社区街道", "固戌社区", "\xe5\xae\xff", "\xf0\x9f\x98\x80", "\0", "海口龙华区",
		"请不是上次" };
	size_t big = 1 << 20;
	char *text = malloc(big);

	(void)state;
	for (size_t u = 0; u < sizeof unit / sizeof *unit; u++) {
		size_t n = unit[u][0] ? strlen(unit[u]) : 1;
		struct place_match m;
		usec_t begun = clock_monotonic();

		for (size_t i = 0; i + n <= big; i += n)
			memcpy(text + i, unit[u], n);
		place_find(places, NULL, text, big / n * n, "440306", &m);
		assert_true(clock_monotonic() - begun < 250000); /* generous: sanitizers, a busy machine */
		if (m.start >= 0)
			assert_true(m.start < m.end && (size_t)m.end <= big);
		assert_true(m.candidates <= PLACE_CANDIDATES);
	}
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several), cmocka_unit_test(test_left_behind), cmocka_unit_test(test_shared_stem), cmocka_unit_test(test_nested_and_cut), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_old_membership), cmocka_unit_test(test_outside), cmocka_unit_test(test_ordinary_words), cmocka_unit_test(test_writing),
		cmocka_unit_test(test_slips), cmocka_unit_test(test_stations), cmocka_unit_test(test_nearest), cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_harm),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
