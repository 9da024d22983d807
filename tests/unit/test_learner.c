/* The learner's contract: it learns, means what it says, is the same everywhere, survives any text and any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/learner.h"

enum { LESSONS = 360 };

static const char *const units[] = { "城管局", "水务局", "交通局", "龙华区环卫局", "龙岗区环卫局", "市生态环境局" };
static const char *const matters[] = {
	"路灯坏了好几天，晚上走路看不见", "自来水从早上开始停水，水压很低", "公交车等了四十分钟没有来，司机还不停站", "龙华区的垃圾桶满了没有人清运，气味很大",
	"龙岗区的垃圾堆在路口没有人清运，苍蝇很多", "工厂夜里排放废气，闻起来刺鼻", "广告牌被风吹掉一半，请加固", "下水道堵塞，污水漫到路上", "网约车司机拒载，还乱收费",
	"龙华区的公厕没有人打扫", "龙岗区的保洁员把落叶烧了", "河水发黑发臭，像是偷排",
};
static const char *const roads[] = { "东门大街", "幸福小区", "人民路", "建设路", "和平广场", "中心公园", "学府路" };

static void
write_lesson(int i, char *room, size_t size, struct lesson *out)
{
	int k = (i * 7 + i / 12) % 12;

	snprintf(room, size, "%s%d号%s，反映过%d次", roads[i % 7], i % 90 + 1, matters[k], i % 4);
	*out = (struct lesson){ .what = { .text = room, .len = strlen(room), .title = i % 3 ? "" : matters[k] }, .label = k % 6, .no = i + 1,
	    .weight = i % 10 ? 1.0f : 2.0f };
}

static struct learner *
fresh(int labels)
{
	struct learner *l = learner_new(labels);

	assert_non_null(l);
	for (int i = 0; i < 6; i++)
		assert_int_equal(learner_label(l, units[i], NULL), i);
	return l;
}

static struct learner *
taught(int n)
{
	struct learner *l = fresh(20);

	for (int i = 0; i < n; i++) {
		char room[300];
		struct lesson one;

		write_lesson(i, room, sizeof room, &one);
		assert_true(learner_learn(l, &one));
	}
	return l;
}

static struct learner *
trained(int n)
{
	static char room[LESSONS][300];
	static struct lesson all[LESSONS];
	struct learner *l = fresh(20);

	for (int i = 0; i < n; i++)
		write_lesson(i, room[i], sizeof room[i], &all[i]);
	assert_true(learner_train(l, all, (size_t)n, NULL, NULL));
	return l;
}

static int
ask(const struct learner *l, const char *text, size_t len, struct arena *a, struct guess *out, int max)
{
	struct learner_text t = { .text = text, .len = len };
	struct learner_reading *r = learner_read(l, &t, a);

	assert_non_null(r);
	return learner_guess(l, r, out, max, NULL);
}

static void
same_bytes(const struct learner *a, const struct learner *b)
{
	struct buf x = { 0 }, y = { 0 };

	assert_true(learner_save(a, &x) && learner_save(b, &y));
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
	buf_free(&x);
	buf_free(&y);
}

static void
check_answers(const struct learner *l)
{
	struct arena a = { 0 };
	int right = 0;

	for (int k = 0; k < 12; k++) {
		struct guess g[LEARNER_GUESSES];
		char text[300];
		int n;
		float sum = 0;

		snprintf(text, sizeof text, "新民路口%s", matters[k]);
		n = ask(l, text, strlen(text), &a, g, LEARNER_GUESSES);
		assert_true(n > 0 && n <= LEARNER_GUESSES);
		for (int i = 0; i < n; i++) {
			assert_true(g[i].p >= 0 && g[i].p <= 1);
			assert_true(i == 0 || g[i].p <= g[i - 1].p);
			assert_true(g[i].label >= 0 && g[i].label < learner_labels(l));
			sum += g[i].p;
		}
		assert_true(sum < 1.0001f);
		right += g[0].label == k % 6;
	}
	assert_true(right >= 11);
	arena_free(&a);
}

static void
learns(void **state)
{
	struct learner *one = taught(LESSONS), *many = trained(LESSONS);

	(void)state;
	check_answers(one);
	check_answers(many);
	assert_int_equal(learner_steps(one), LESSONS);
	assert_int_equal(learner_steps(many), LESSONS);
	learner_free(one);
	learner_free(many);
}

static void
same_lessons_same_bytes(void **state)
{
	struct learner *a = taught(LESSONS), *b = taught(LESSONS);

	(void)state;
	same_bytes(a, b);
	learner_free(a);
	learner_free(b);
	a = trained(LESSONS);
	b = trained(LESSONS);
	same_bytes(a, b);
	learner_free(a);
	learner_free(b);
}

/* Saved, loaded and taught on, it is the one that was never saved. */
static void
round_trip(void **state)
{
	for (int how = 0; how < 2; how++) {
		struct learner *a = how ? trained(LESSONS) : taught(LESSONS), *b;
		struct buf out = { 0 };
		struct err e = { 0 };

		(void)state;
		assert_true(learner_save(a, &out));
		assert_non_null(b = learner_load(out.data, out.len, &e));
		same_bytes(a, b);
		assert_int_equal(learner_steps(a), learner_steps(b));
		assert_string_equal(learner_code(b, 3), units[3]);
		for (int i = 0; i < 60; i++) {
			char room[300];
			struct lesson one;

			write_lesson(i * 5 + 1, room, sizeof room, &one);
			assert_true(learner_learn(a, &one) && learner_learn(b, &one));
		}
		same_bytes(a, b);
		learner_free(a);
		learner_free(b);
		buf_free(&out);
	}
}

static void
refuses_what_is_none(void **state)
{
	struct learner *l = taught(30);
	struct buf out = { 0 };
	struct err e;

	(void)state;
	assert_true(learner_save(l, &out));
	for (size_t cut = 0; cut < out.len; cut += cut < 64 ? 1 : 509) {
		memset(&e, 0, sizeof e);
		assert_null(learner_load(out.data, cut, &e));
		assert_int_equal(e.code, ERR_INVALID);
	}
	for (size_t at = 0; at < out.len; at += at < 64 ? 1 : 509) {
		out.data[at] ^= 0x10;
		assert_null(learner_load(out.data, out.len, &e));
		out.data[at] ^= 0x10;
	}
	buf_putc(&out, 'x');
	assert_null(learner_load(out.data, out.len, &e));
	buf_free(&out);
	learner_free(l);
}

static void
nothing_learnt(void **state)
{
	struct learner *l = fresh(10);
	struct arena a = { 0 };
	struct guess g[3];
	struct lesson none = { .what = { .text = "路灯" , .len = 6 }, .label = 6, .weight = 1 };

	(void)state;
	assert_int_equal(ask(l, "路灯坏了", strlen("路灯坏了"), &a, g, 3), 0);
	assert_false(learner_learn(l, &none)); /* a label it does not know */
	none.label = -1;
	assert_false(learner_learn(l, &none));
	assert_int_equal(learner_steps(l), 0);
	assert_int_equal(learner_find(l, "水务局"), 1);
	assert_int_equal(learner_find(l, "海事局"), -1);
	assert_int_equal(learner_label(l, "水务局", "别的话"), 1);
	for (int i = 6; i < 10; i++) {
		char code[20];

		snprintf(code, sizeof code, "u%d", i);
		assert_int_equal(learner_label(l, code, ""), i);
	}
	assert_int_equal(learner_label(l, "one more", ""), -1);
	assert_true(learner_train(l, NULL, 0, NULL, NULL));
	learner_free(l);
	arena_free(&a);
}

/* A label that comes when the others are settled is learnt from few lessons, after steps and after a training. */
static void
label_added_late(void **state)
{
	(void)state;
	for (int how = 0; how < 2; how++) {
		struct learner *l = how ? trained(LESSONS) : taught(LESSONS);
		int late = learner_label(l, "海事局", "海事局");
		struct arena a = { 0 };
		struct guess g[3];

		for (int i = 0; i < 12; i++) {
			char text[200];
			struct lesson one = { .label = late, .weight = 1, .no = 9000 + i };

			snprintf(text, sizeof text, "码头%d号泊位的渔船漏油，海面有油污", i);
			one.what.text = text;
			one.what.len = strlen(text);
			assert_true(learner_learn(l, &one));
		}
		assert_true(ask(l, "东边码头渔船漏油", strlen("东边码头渔船漏油"), &a, g, 3) > 0);
		assert_int_equal(g[0].label, late);
		check_answers(l);
		learner_free(l);
		arena_free(&a);
	}
}

/* Its name said in a text brings a label up that was never right. */
static void
own_words(void **state)
{
	struct learner *l = taught(LESSONS);
	int never = learner_label(l, "u-museum", "自然博物馆");
	const char *text = "请自然博物馆答复";
	struct learner_text t = { .text = text, .len = strlen(text) };
	struct arena a = { 0 };
	struct learner_reading *r = learner_read(l, &t, &a);

	(void)state;
	assert_true(learner_p(l, r, never) > 0);
	assert_true(learner_p(l, r, -1) == 0);
	assert_true(learner_p(l, r, 19) == 0);
	learner_free(l);
	arena_free(&a);
}

static void
any_text(void **state)
{
	struct learner *l = trained(LESSONS);
	size_t big = 1 << 20;
	char *many = malloc(big + 4);
	static const char *const odd[] = { "", " ", "\n\n", "\x01\x02\x1b[31m\x7f", "\xff\xfe\x80", "Where is my bus? 12345", "مرحبا", "𠀀𠀁", "。。。，，，" };
	struct arena a = { 0 };
	struct guess g[3];

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct lesson one = { .what = { .text = odd[i], .len = strlen(odd[i]) }, .label = 1, .weight = 1 };
		int n = ask(l, odd[i], strlen(odd[i]), &a, g, 3);

		assert_true(n >= 0 && n <= 3);
		for (int k = 0; k < n; k++)
			assert_true(g[k].p >= 0 && g[k].p <= 1);
		assert_true(learner_learn(l, &one));
	}
	for (size_t i = 0; i + 3 <= big; i += 3)
		memcpy(many + i, "水", 3);
	usec_t start = clock_monotonic();
	for (int i = 0; i < 20; i++)
		ask(l, many, big / 3 * 3, &a, g, 3);
	assert_true(clock_monotonic() - start < 2 * USEC_S); /* a bounded part is read: 20 MB would take far longer */
	for (size_t i = 0; i < big; i++)
		many[i] = (char)(i * 2654435761u >> 13);
	ask(l, many, big, &a, g, 3);
	struct lesson noise = { .what = { .text = many, .len = big }, .label = 0, .weight = 4 };
	assert_true(learner_learn(l, &noise));
	free(many);
	check_answers(l);
	learner_free(l);
	arena_free(&a);
}

/* A lesson of weight 4 weighs more than one of weight 0.25. */
static void
weights(void **state)
{
	const char *text = "井盖丢了", *asked = "路中间的井盖丢了";
	float p[2];

	(void)state;
	for (int which = 0; which < 2; which++) {
		struct learner *l = taught(120);
		struct learner_text t = { .text = asked, .len = strlen(asked) };
		struct arena a = { 0 };

		for (int i = 0; i < 6; i++) {
			struct lesson one = { .what = { .text = text, .len = strlen(text) }, .label = i % 2, .weight = (i % 2 == which) ? 4.0f : 0.25f };

			assert_true(learner_learn(l, &one));
		}
		p[which] = learner_p(l, learner_read(l, &t, &a), which);
		assert_true(p[which] > learner_p(l, learner_read(l, &t, &a), 1 - which));
		learner_free(l);
		arena_free(&a);
	}
}

/* Each point's share: those of the words that decide are positive for the label and negative for a rival, and no point beyond the text. */
static void
explains(void **state)
{
	struct learner *l = trained(LESSONS);
	const char *text = "新民路的自来水停水了";
	struct learner_text t = { .text = text, .len = strlen(text) };
	struct arena a = { 0 };
	struct learner_reading *r = learner_read(l, &t, &a);
	const float *w;
	float water = 0, road = 0;

	(void)state;
	assert_int_equal(learner_explain(l, r, 1, &w), 10);
	for (int i = 0; i < 10; i++)
		*(i < 4 ? &road : &water) += w[i];
	assert_true(water > 0 && water > road);
	assert_int_equal(learner_explain(l, r, 2, &w), 10);
	water = 0;
	for (int i = 4; i < 10; i++)
		water += w[i];
	assert_true(water < 0);
	assert_int_equal(learner_explain(l, r, 99, &w), 0);
	learner_free(l);
	arena_free(&a);
}

/* Asked of a second learner without reading the text again: the same answer. */
static void
read_again(void **state)
{
	struct learner *one = taught(60), *two = trained(LESSONS);
	const char *text = "龙华区的公厕没有人打扫";
	struct learner_text t = { .text = text, .len = strlen(text), .title = "公厕" };
	struct arena a = { 0 };
	struct learner_reading *r = learner_read(one, &t, &a);
	struct guess want[5], got[5];
	int n = learner_guess(two, learner_read(two, &t, &a), want, 5, NULL);

	(void)state;
	assert_int_equal(learner_guess(two, learner_read_again(two, r, &a), got, 5, NULL), n);
	for (int i = 0; i < n; i++)
		assert_true(want[i].label == got[i].label && want[i].p == got[i].p);
	learner_free(one);
	learner_free(two);
	arena_free(&a);
}

static void
nearest(void **state)
{
	struct learner *l = taught(LESSONS);
	char room[300];
	struct lesson one;
	struct arena a = { 0 };
	struct learner_near near[LEARNER_NEAR];
	struct learner_reading *r;
	int n;

	(void)state;
	write_lesson(100, room, sizeof room, &one);
	r = learner_read(l, &one.what, &a);
	n = learner_nearest(l, r, near, LEARNER_NEAR);
	assert_int_equal(n, LEARNER_NEAR);
	assert_true(near[0].likeness > 0.8f && near[0].likeness <= 1);
	assert_int_equal(near[0].label, one.label);
	for (int i = 1; i < n; i++)
		assert_true(near[i].likeness <= near[i - 1].likeness);
	learner_free(l);
	arena_free(&a);
}

/* What was learnt before is forgotten; and a training told to stop changes nothing. */
static void
training(void **state)
{
	struct learner *a = taught(50), *b = trained(LESSONS);
	static char room[LESSONS][300];
	static struct lesson all[LESSONS];
	const volatile bool stop = true;
	struct buf before = { 0 }, after = { 0 };

	(void)state;
	for (int i = 0; i < LESSONS; i++)
		write_lesson(i, room[i], sizeof room[i], &all[i]);
	assert_true(learner_save(a, &before));
	assert_false(learner_train(a, all, LESSONS, NULL, &stop));
	assert_true(learner_save(a, &after));
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	assert_true(learner_train(a, all, LESSONS, NULL, NULL));
	same_bytes(a, b);
	all[7].label = 99;
	assert_false(learner_train(a, all, LESSONS, NULL, NULL));
	learner_free(a);
	learner_free(b);
	buf_free(&before);
	buf_free(&after);
}

/* 5,000 labels, each with its own words, two lessons each: within the bound, and the right one is found. */
static void
long_tail(void **state)
{
	struct learner *l = learner_new(LEARNER_LABELS);
	struct arena a = { 0 };
	int right = 0;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < LEARNER_LABELS; i++) {
			char code[20], text[120];
			struct lesson one = { .label = i, .weight = 1, .no = i + 1 };

			snprintf(code, sizeof code, "i%04d", i);
			assert_int_equal(learner_label(l, code, NULL), i);
			snprintf(text, sizeof text, "%s第%d项，%c%c%c%c的事", roads[i % 7], i, 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, 'a' + i % 17);
			one.what.text = text;
			one.what.len = strlen(text);
			assert_true(learner_learn(l, &one));
		}
	for (int i = 0; i < LEARNER_LABELS; i += 50) {
		char text[120];
		struct guess g[3];
		int n;

		snprintf(text, sizeof text, "第%d项，%c%c%c%c的事", i, 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, 'a' + i % 17);
		arena_reset(&a);
		n = ask(l, text, strlen(text), &a, g, 3);
		for (int k = 0; k < n; k++)
			right += g[k].label == i;
	}
	assert_true(right >= 60);
	struct buf out = { 0 };
	struct err e;
	struct learner *back;
	assert_true(learner_save(l, &out));
	assert_non_null(back = learner_load(out.data, out.len, &e)); /* words that all labels have, too */
	same_bytes(l, back);
	learner_free(back);
	buf_free(&out);
	assert_true(learner_bytes(l) <= (size_t)256 << 20);
	learner_free(l);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns),
		cmocka_unit_test(same_lessons_same_bytes),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(nothing_learnt),
		cmocka_unit_test(label_added_late),
		cmocka_unit_test(own_words),
		cmocka_unit_test(any_text),
		cmocka_unit_test(weights),
		cmocka_unit_test(explains),
		cmocka_unit_test(read_again),
		cmocka_unit_test(nearest),
		cmocka_unit_test(training),
		cmocka_unit_test(long_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
