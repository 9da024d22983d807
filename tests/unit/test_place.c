/* Places: names, stems, ties, hints, spans; and every community of Shenzhen when the division list is beside the repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/machine/place.h"
#include "tests/tools/rows.h"

#define P(c, n, l, p, ...) { .code = (c), .name = (n), .level = (l), .parent = (p), ##__VA_ARGS__ }

static const char *const metro[] = { "钟屋南地铁站", "钟屋南站" };
static const struct place_entry town[] = {
	P("4403", "深圳市", "city", ""),
	P("440306", "宝安区", "district", "4403"),
	P("440309", "龙华区", "district", "4403"),
	P("440310", "坪山区", "district", "4403"),
	P("440306007", "航城街道", "street", "440306"),
	P("440306001", "新安街道", "street", "440306"),
	P("440309001", "龙华街道", "street", "440309"),
	P("440310001", "坪山街道", "street", "440310"),
	P("440306007001", "钟屋社区居民委员会", "community", "440306007"),
	P("440306007002", "和平社区居民委员会", "community", "440306007"),
	P("440309001001", "和平社区居民委员会", "community", "440309001"),
	P("440310001001", "新安社区居民委员会", "community", "440310001"),
	P("440306001001", "上合社区", "community", "440306001"),
	P("L1", "宝安体育馆", "landmark", "440306001"),
	P("L2", "Nanlu Plaza", "landmark", "440306001"),
	P("M1", "钟屋南站A口", "landmark", "440306007001", .aliases = metro, .naliases = 2),
};
enum { TOWN = sizeof town / sizeof *town };

static int
setup(void **state)
{
	*state = gazetteer_new(town, TOWN);
	return *state ? 0 : -1;
}

static int
teardown(void **state)
{
	gazetteer_free(*state);
	return 0;
}

static struct place_match
find(void **state, const char *address, const char *text, const char *hint)
{
	struct place_match m;

	place_find(*state, address, text, strlen(text), hint, &m);
	return m;
}

static void
expect(void **state, const char *text, const char *code, int start, int end)
{
	struct place_match m = find(state, NULL, text, NULL);

	if (!code) {
		if (m.code)
			print_error("%s: %s\n", text, m.code);
		assert_null(m.code);
		return;
	}
	if (!m.code || strcmp(m.code, code) != 0)
		print_error("%s: %s instead of %s\n", text, m.code ? m.code : "nothing", code);
	assert_non_null(m.code);
	assert_string_equal(m.code, code);
	if (start >= 0) {
		assert_int_equal(m.start, start);
		assert_int_equal(m.end, end);
	}
	assert_false(m.in_address);
}

static void
test_full_names(void **state)
{
	expect(state, "宝安区航城街道钟屋社区有人违停", "440306007001", 0, 11);
	expect(state, "我住在航城街道办事处旁边", "440306007", 3, 10);
	expect(state, "钟屋社区居民委员会门口积水", "440306007001", 0, 9);
	expect(state, "深圳市的政策", "4403", 0, 3);
	expect(state, "宝安体育馆太吵", "L1", 0, 5);
	expect(state, "钟屋南地铁站A口积水", "M1", 0, 6);
	expect(state, "坪山新区什么时候改的名", "440310", 0, 4);
}

static void
test_stems(void **state)
{
	expect(state, "宝安这边路灯坏了", "440306", 0, 2);
	expect(state, "航城这里的垃圾没人收", "440306007", 0, 2);
	expect(state, "龙华的地铁", "440309", 0, 2);      /* district and street: the wider one */
	expect(state, "航城的钟屋积水", "440306007001", -1, -1);
	expect(state, "钟屋积水", "440306007001", 0, 2);
	expect(state, "新安这边没电", "440306001", 0, 2); /* a street before a community */
}

static void
test_not_places(void **state)
{
	expect(state, "宝安大道堵车", NULL, 0, 0);
	expect(state, "龙华医院挂号难", "440309", 0, 2); /* a house called after the district is in it */
	expect(state, "龙华国际酒店挂牌", NULL, 0, 0); /* a business need not be */
	expect(state, "宝安路口积水", NULL, 0, 0);
	expect(state, "世界和平，社区和谐", NULL, 0, 0);
	expect(state, "", NULL, 0, 0);
	expect(state, "anluplaza plaza nanlu", NULL, 0, 0);
	expect(state, "xNanlu Plazas", NULL, 0, 0);
	expect(state, "near NANLU plaza.", "L2", 5, 16);
}

static void
test_ties(void **state)
{
	struct place_match m = find(state, NULL, "和平社区垃圾成堆", NULL);

	assert_true(m.ambiguous);
	assert_int_equal(m.candidates, 2);
	assert_string_equal(m.code, "4403"); /* the common ancestor */
	m = find(state, NULL, "和平社区垃圾成堆", "440309");
	assert_false(m.ambiguous);
	assert_string_equal(m.code, "440309001001");
	m = find(state, NULL, "龙华街道和平社区垃圾成堆", NULL);
	assert_false(m.ambiguous);
	assert_string_equal(m.code, "440309001001");
	m = find(state, NULL, "宝安的和平社区", NULL);
	assert_string_equal(m.code, "440306007002");
	m = find(state, NULL, "从航城街道到新安街道都没有路灯", NULL);
	assert_true(m.ambiguous);
	assert_string_equal(m.code, "440306");
}

static void
test_address_first(void **state)
{
	struct place_match m = find(state, "航城街道钟屋社区3栋", "我在龙华区上班，家里漏水", NULL);

	assert_string_equal(m.code, "440306007001");
	assert_true(m.in_address);
	assert_int_equal(m.start, 0);
	assert_int_equal(m.end, 8);
	m = find(state, "３栋２０１", "龙华区漏水", NULL);
	assert_string_equal(m.code, "440309");
	assert_false(m.in_address);
}

static void
test_spans_are_code_points(void **state)
{
	expect(state, "😀ａｂ寶安區航城街道", "440306007", 3, 10);
}

static void
test_ancestors(void **state)
{
	const char *up[8];

	assert_int_equal(place_ancestors(*state, "440306007001", up, 8), 4);
	assert_string_equal(up[0], "440306007001");
	assert_string_equal(up[1], "440306007");
	assert_string_equal(up[3], "4403");
	assert_int_equal(place_ancestors(*state, "440306007001", up, 2), 2);
	assert_int_equal(place_ancestors(*state, "nowhere", up, 8), 0);
	assert_int_equal(place_ancestors(*state, NULL, up, 8), 0);
	assert_string_equal(place_name(*state, "L1"), "宝安体育馆");
	assert_string_equal(place_level(*state, "L1"), "landmark");
	assert_null(place_name(*state, "nowhere"));
}

static void
test_bad_gazetteers(void **state)
{
	static const struct place_entry loop[] = {
		P("A", "甲地区", "district", "B"), P("B", "乙地区", "street", "A"),
		P("C", "", "community", "none"),
	};
	struct gazetteer *g = gazetteer_new(loop, 3);
	struct place_match m;
	const char *up[16];

	(void)state;
	place_find(g, "乙地区", "", 0, "C", &m);
	assert_non_null(m.code);
	assert_true(place_ancestors(g, "A", up, 16) <= 8);
	gazetteer_free(g);
	g = gazetteer_new(NULL, 0);
	place_find(g, "x", "宝安区", 9, NULL, &m);
	assert_null(m.code);
	gazetteer_free(g);
}

static void
test_bounded(void **state)
{
	size_t n = 1 << 20;
	char *text = malloc(n);
	usec_t start;
	struct place_match m;

	for (size_t i = 0; i + 9 <= n; i += 9)
		memcpy(text + i, i % 2 ? "宝安区" "\xff\xfe" "新" "x" : "和平社\xe7\x80", 9);
	start = clock_monotonic();
	place_find(*state, NULL, text, n / 9 * 9, NULL, &m);
	memset(text, 'x', n);
	place_find(*state, NULL, text, n, NULL, &m);
	assert_null(m.code);
	assert_true(clock_monotonic() - start < 200000); /* generous: sanitizers, a busy machine */
	free(text);
}

/* --- the division list of Shenzhen ------------------------------------------------------------------------------------- */

struct division { struct place_entry *e; size_t n; };

static void
put(struct division *d, const char *code, const char *name, const char *level, const char *parent)
{
	for (size_t i = d->n; i-- > 0; )
		if (strcmp(d->e[i].code, code) == 0)
			return;
	d->e[d->n++] = (struct place_entry)P(code, name, level, parent);
}

static void
test_shenzhen(void **state)
{
	const char *path = rows_data("divisions_shenzhen.csv");
	struct division d = { 0 };
	struct rows r;
	struct gazetteer *g;
	usec_t start, built;
	long right = 0, parts = 0, wrong = 0, unsure = 0;

	(void)state;
	if (!path) {
		skip();
		return;
	}
	assert_true(rows_load(&r, path));
	d.e = calloc(r.n * 3 + 1, sizeof *d.e);
	put(&d, "4403", "深圳市", "city", "");
	for (size_t i = 0; i < r.n; i++) {
		put(&d, rows_get(&r, i, "areaCode"), rows_get(&r, i, "district"), "district", "4403");
		put(&d, rows_get(&r, i, "streetCode"), rows_get(&r, i, "street"), "street", rows_get(&r, i, "areaCode"));
	}
	for (size_t i = 0; i < r.n; i++)
		d.e[d.n++] = (struct place_entry)P(rows_get(&r, i, "code"), rows_get(&r, i, "community"), "community",
		    rows_get(&r, i, "streetCode"));
	start = clock_monotonic();
	g = gazetteer_new(d.e, d.n);
	built = clock_monotonic() - start;
	assert_non_null(g);
	start = clock_monotonic();
	for (size_t i = 0; i < r.n; i++) {
		char text[512], base[200];
		const char *community = rows_get(&r, i, "community"), *cut = strstr(community, "居民委员会");
		struct place_match m;

		snprintf(base, sizeof base, "%.*s", (int)(cut ? cut - community : (long)strlen(community)), community);
		snprintf(text, sizeof text, "市民来电反映：%s%s%s附近晚上施工噪音很大，影响休息，请处理", rows_get(&r, i, "district"),
		    rows_get(&r, i, "street"), base);
		place_find(g, NULL, text, strlen(text), NULL, &m);
		right += m.code && strcmp(m.code, rows_get(&r, i, "code")) == 0;
		snprintf(text, sizeof text, "%s附近晚上施工噪音很大", base); /* the community alone */
		place_find(g, NULL, text, strlen(text), NULL, &m);
		if (m.code && strcmp(m.code, rows_get(&r, i, "code")) == 0)
			parts++;
		else if (!m.code || m.ambiguous)
			unsure++;
		else
			wrong++;
	}
	print_message("Shenzhen: built in %lld µs; %zu communities with their chain %ld right; alone %ld right, %ld unsure, %ld wrong; "
	    "%.1f µs a text\n", (long long)built, r.n, right, parts, unsure, wrong,
	    (double)(clock_monotonic() - start) / 2 / (double)r.n);
	assert_true(right >= (long)r.n * 99 / 100);
	assert_true(wrong <= (long)r.n / 50);
	gazetteer_free(g);
	free(d.e);
	rows_free(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_full_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stems, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_places, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ties, setup, teardown),
		cmocka_unit_test_setup_teardown(test_address_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_spans_are_code_points, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ancestors, setup, teardown),
		cmocka_unit_test(test_bad_gazetteers),
		cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
		cmocka_unit_test(test_shenzhen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
