#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "conf/sample.h"
#include "conf/sample_hostile.h"
#include "conf/sample_words.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"

static struct routing_doc doc;

static int load(void **state)
{
	struct err_list errs = { 0 };
	bool good = routing_load("conf", &doc, &errs);

	(void)state;
	err_list_free(&errs);
	return good ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	routing_free(&doc);
	return 0;
}

static void stream(uint64_t seed, int n, struct buf *out)
{
	struct sample *s = sample_new(&doc, &(struct sample_options){ .seed = seed });
	struct sample_appeal a = { 0 };

	assert_non_null(s);
	for (int i = 0; i < n; i++) {
		sample_next(s, &a);
		assert_true(sample_ndjson(&a, 0, out));
	}
	sample_appeal_free(&a);
	sample_free(s);
}

static void same_seed_same_stream(void **state)
{
	struct buf a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	stream(42, 500, &a);
	stream(42, 500, &b);
	stream(43, 500, &c);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_true(c.len != a.len || memcmp(a.data, c.data, a.len) != 0);
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
}

/* Every line is JSON of its own, and says what the contract of POST /v1/appeals asks for. */
static void every_line_is_json(void **state)
{
	struct buf all = { 0 };
	size_t lines = 0;

	(void)state;
	stream(7, 2000, &all);
	for (char *p = all.data; *p; lines++) {
		char *end = strchr(p, '\n');
		assert_non_null(end);
		json_t *o = json_loadb(p, (size_t)(end - p), 0, NULL);
		if (!o)
			fail_msg("%.*s", (int)(end - p), p);
		assert_true(json_is_string(json_object_get(o, "external_id")));
		assert_true(json_string_length(json_object_get(o, "text")) > 0);
		assert_null(json_object_get(o, "duty_item")); /* what it is about is for us to find out */
		const char *phone = json_string_value(json_object_get(o, "phone"));
		assert_true(!phone || strncmp(phone, "000", 3) == 0);
		json_decref(o);
		p = end + 1;
	}
	assert_int_equal(lines, 2000);
	buf_free(&all);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void varied_and_of_every_kind(void **state)
{
	enum { N = 4000 };
	struct sample *s = sample_new(&doc, &(struct sample_options){ .seed = 5 });
	struct sample_appeal a = { 0 };
	char **text = calloc(N, sizeof *text);
	size_t kind[SAMPLE_KINDS] = { 0 }, same = 0, shortest = SIZE_MAX, longest = 0, place_in_form = 0, titled = 0;
	size_t rows = doc.sheet[ROUTING_ITEMS].rows, met = 0;
	bool *seen = calloc(rows, sizeof *seen);

	(void)state;
	assert_true(s && text && seen);
	for (int i = 0; i < N; i++) {
		sample_next(s, &a);
		kind[a.kind]++;
		text[i] = strdup(buf_text(&a.text));
		size_t n = utf8_count(text[i], strlen(text[i]));
		if (a.kind != SAMPLE_HOSTILE) {
			shortest = n < shortest ? n : shortest;
			longest = n > longest ? n : longest;
			if (strchr(text[i], '{'))
				fail_msg("a slot was left: %s", text[i]);
			if (strstr(text[i], "，。") || strstr(text[i], "。。"))
				fail_msg("marks meet: %s", text[i]);
			if (!clean_is(text[i], strlen(text[i]), CLEAN_TEXT))
				fail_msg("not clean: %s", text[i]);
		}
		place_in_form += a.address[0] != '\0';
		titled += a.title[0] != '\0';
		for (size_t k = 0; k < rows && a.item[0]; k++)
			if (!seen[k] && strcmp(doc.sheet[ROUTING_ITEMS].row[k].cell[0], a.item) == 0) {
				seen[k] = true;
				met++;
			}
	}
	for (int k = 0; k < SAMPLE_KINDS; k++)
		if (kind[k] == 0)
			fail_msg("no %s among %d", sample_kind_name((enum sample_kind)k), N);
	assert_true(kind[SAMPLE_REPEAT] > N / 10 && kind[SAMPLE_URGENT] > N / 50);
	assert_true(kind[SAMPLE_HOSTILE] > N / 200 && kind[SAMPLE_HOSTILE] < N / 25);
	qsort(text, N, sizeof *text, by_text);
	for (int i = 1; i < N; i++)
		same += strcmp(text[i], text[i - 1]) == 0;
	assert_true(same < N / 10);
	assert_true(shortest < 20 && longest > 150);
	assert_true(place_in_form > N / 10 && place_in_form < N / 2);
	assert_true(titled > N / 10 && titled < N / 2 + N / 10);
	assert_true(met > rows / 2);
	for (int i = 0; i < N; i++)
		free(text[i]);
	free(text);
	free(seen);
	sample_appeal_free(&a);
	sample_free(s);
}

/* Reports of one incident are about one item, and mostly in different words. */
static void repeats_are_told_anew(void **state)
{
	struct sample *s =
	    sample_new(&doc, &(struct sample_options){ .seed = 9, .hostile_per_mille = -1, .repeat_per_mille = 500 });
	struct sample_appeal a = { 0 };
	static struct { char item[40], text[4096]; } first[4000];
	int repeats = 0, copies = 0;

	(void)state;
	assert_non_null(s);
	for (int i = 0; i < 2000; i++) {
		sample_next(s, &a);
		assert_int_not_equal(a.kind, SAMPLE_HOSTILE);
		if (!a.incident)
			continue;
		assert_true(a.incident < 4000);
		if (a.kind == SAMPLE_REPEAT) {
			repeats++;
			assert_string_equal(first[a.incident].item, a.item);
			copies += strcmp(first[a.incident].text, buf_text(&a.text)) == 0;
		} else {
			strncpy(first[a.incident].item, a.item, sizeof first[0].item - 1);
			strncpy(first[a.incident].text, buf_text(&a.text), sizeof first[0].text - 1);
		}
	}
	assert_true(repeats > 500);
	assert_true(copies < repeats / 20);
	sample_appeal_free(&a);
	sample_free(s);
}

/* Each attack is valid UTF-8 (the door would quarantine it otherwise), and comes out of the door as text. */
static void attacks_come_out_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sample_hostile_kinds(); i++) {
		struct buf raw = { 0 }, clean = { 0 };
		sample_hostile(&raw, i, "小区门口路灯坏了");
		assert_true(utf8_valid(buf_text(&raw), raw.len));
		clean_text(&clean, raw.data, raw.len, CLEAN_TEXT);
		assert_true(clean_is(buf_text(&clean), clean.len, CLEAN_TEXT));
		assert_null(memchr(buf_text(&clean), 0x1b, clean.len));
		assert_null(strstr(buf_text(&clean), "\xe2\x80\xae"));
		buf_free(&raw);
		buf_free(&clean);
	}
}

/* A scene names an item of the shipped list, or nobody would ever see it. */
static void scenes_name_items_that_are_there(void **state)
{
	const struct sheet *items = &doc.sheet[ROUTING_ITEMS];

	(void)state;
	for (int table = 0; table < 3; table++) {
		size_t n = table == 0 ? sample_nscenes : table == 1 ? sample_nquestions : sample_nsuggestions;
		for (size_t i = 0; i < n; i++) {
			const char *name = table == 0 ? sample_scenes[i].item
			    : table == 1              ? sample_questions[i].item
						      : sample_suggestions[i].item;
			size_t k = 0;
			while (k < items->rows && strcmp(items->row[k].cell[3], name) != 0)
				k++;
			if (k == items->rows)
				fail_msg("%s is no duty item", name);
		}
	}
}

static void nothing_to_draw_from(void **state)
{
	struct routing_doc empty = { 0 };

	(void)state;
	assert_null(sample_new(&empty, &(struct sample_options){ .seed = 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed_same_stream),
		cmocka_unit_test(every_line_is_json),
		cmocka_unit_test(varied_and_of_every_kind),
		cmocka_unit_test(repeats_are_told_anew),
		cmocka_unit_test(attacks_come_out_as_text),
		cmocka_unit_test(scenes_name_items_that_are_there),
		cmocka_unit_test(nothing_to_draw_from),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
