/* The window of solved cases, with what it is asked by: features of a text, and what labels share by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/attributes.h"
#include "core/machine/learner.h"
#include "core/machine/neighbours.h"
#include "core/machine/packing.h"

static struct features *
read_text(const char *title, const char *text, struct arena *a)
{
	struct learner_text t = { .text = text, .len = strlen(text), .title = title };
	struct features *f = features_of(&t, a);

	assert_non_null(f);
	return f;
}

static void
features(void **state)
{
	struct arena a = { 0 };
	struct features *f = read_text("路灯", "路燈ＡＢ，坏了", &a), *g = read_text("路灯", "路灯ab。坏了", &a);
	size_t big = 300000;
	char *many = malloc(big + 1);
	int titles = 0;

	(void)state;
	assert_int_equal(f->n, g->n); /* traditional, full-width and punctuation make no difference */
	assert_int_equal(f->points, 7);
	for (int i = 0; i < f->n; i++) {
		assert_int_equal(f->f[i].id, g->f[i].id);
		assert_true(f->f[i].id < 1u << FEATURES_BITS && f->f[i].times > 0);
		titles += f->f[i].mark == MARK_TITLE;
	}
	assert_int_equal(titles, 1);
	for (int i = 0; i < f->nspots; i++)
		assert_true(f->spot[i].at < f->points && f->spot[i].feature < f->n);
	for (size_t i = 0; i + 3 <= big; i += 3)
		snprintf(many + i, 4, "%c%c%c", 0xe4 + (int)(i / 3 / 4096 % 5), 0x80 + (int)(i / 3 / 64 % 64), 0x80 + (int)(i / 3 % 64));
	f = read_text(many, many, &a);
	assert_true(f->n <= FEATURES_MAX);
	assert_int_equal(f->points, FEATURES_POINTS);
	f = read_text("", "", &a);
	assert_int_equal(f->n, 0);
	free(many);
	arena_free(&a);
}

static void
put(struct neighbours *x, struct lexicon *lex, int label, const char *text)
{
	struct arena a = { 0 };
	struct features *f = read_text("", text, &a);
	struct lexicon_text t;

	lexicon_count(lex, f, 1);
	assert_true(lexicon_meet(lex, lex, f, label, 1, 1));
	assert_true(lexicon_read(lex, f, &a, &t));
	assert_true(neighbours_add(x, &t, label, 100 + label));
	arena_free(&a);
}

static int
find(const struct neighbours *x, const struct lexicon *lex, const char *text, struct neighbour *out)
{
	struct arena a = { 0 };
	struct lexicon_text t;
	int n;

	assert_true(lexicon_read(lex, read_text("", text, &a), &a, &t));
	n = neighbours_find(x, &t, &a, out, NEIGHBOURS_MAX);
	arena_free(&a);
	return n;
}

static void
window(void **state)
{
	static const char *const texts[] = { "东门的路灯坏了没有人修", "西门的水管爆了水漫到路上", "北门的公交车不停站", "南门的烧烤摊油烟很大" };
	struct lexicon *lex = lexicon_new(14, 8, 100000, false);
	struct neighbours *x = neighbours_new(14, 3, 4096), *back = neighbours_new(14, 3, 4096);
	struct neighbour got[NEIGHBOURS_MAX];
	struct buf b = { 0 }, c = { 0 };
	struct unpack u;

	(void)state;
	assert_int_equal(find(x, lex, texts[0], got), 0);
	for (int i = 0; i < 4; i++)
		put(x, lex, i, texts[i]);
	assert_int_equal(neighbours_count(x), 3); /* the first has gone */
	assert_true(find(x, lex, texts[3], got) > 0);
	assert_int_equal(got[0].label, 3);
	assert_int_equal(got[0].no, 103);
	assert_true(got[0].likeness > 0.9f && got[0].likeness <= 1);
	for (int i = find(x, lex, "路灯坏了没有人修", got); i-- > 0;)
		assert_int_not_equal(got[i].label, 0);
	neighbours_save(x, &b);
	u = (struct unpack){ (const unsigned char *)b.data, (const unsigned char *)b.data + b.len, false };
	assert_true(neighbours_load(back, &u, 8));
	neighbours_save(back, &c);
	assert_int_equal(b.len, c.len);
	assert_memory_equal(b.data, c.data, b.len);
	put(x, lex, 5, "东门的井盖丢了");
	put(back, lex, 5, "东门的井盖丢了");
	assert_int_equal(find(x, lex, texts[2], got), find(back, lex, texts[2], got));
	neighbours_free(x);
	neighbours_free(back);
	lexicon_free(lex);
	buf_free(&b);
	buf_free(&c);
}

/* What two names or more have in common, one for each set of names, the longest piece of it; names that come later are told by it. */
static void
shared_names(void **state)
{
	static const char *const names[] = { "龙华区城管局", "龙华区水务局", "龙岗区城管局", "龙岗区水务局", "市交警支队", "公积金中心" };
	struct attributes x = { 0 };
	struct attribute a[ATTRIBUTES_OF_ONE], late[ATTRIBUTES_OF_ONE];
	int n, m, common = 0;

	(void)state;
	assert_true(attributes_find(&x, names, 6));
	assert_true(x.n >= 4);
	n = attributes_of(&x, "龙华区城管局", a);
	m = attributes_of(&x, "龙华区教育局", late);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
			common += a[i].number == late[j].number;
	assert_true(n >= 2 && m >= 1 && common >= 1 && m < n + 1);
	for (int i = 0; i < n; i++)
		assert_true(a[i].number < x.n && a[i].weight > 0);
	assert_int_equal(attributes_of(&x, "公积金中心", a), 0);
	attributes_free(&x);
	assert_true(attributes_find(&x, NULL, 0));
	assert_int_equal(x.n, 0);
	attributes_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features),
		cmocka_unit_test(window),
		cmocka_unit_test(shared_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
