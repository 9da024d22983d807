/*
 * Repeats at full size: BENCH_REPEATS cases (default 300,000) in the index, then new ones compared with all of them. Twice: on a city's tickets when they
 * lie in ../shared/data (each case the first half of one ticket and the second of another, so that words are as rare and as common as they are in
 * a city), and on the sample generator's appeals, which are filled-in forms and so the worst that can come. Processor time of the thread, one
 * question at a time. Then `fenboctl dedup eval` on the pairs and groups of ../shared/data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "conf/routing.h"
#include "conf/sample.h"
#include "core/machine/crowds.h"
#include "core/machine/repeats.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"

enum { ASKED = 3000, HITS = 16, PLACES = 900, ITEMS = 300, COPIES = 500 };

static uint64_t seed = 20261122;

static uint32_t
below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(((seed >> 33) * n) >> 31);
}

/* Where the cases come from; the text is good until the next call. */
struct source {
	const char *name;
	struct rows rows;          /* tickets */
	struct sample *sample;     /* or the generator */
	struct sample_appeal appeal;
	struct buf text;
};

/* The middle of a text: behind a full stop or a comma, if there is one near it. */
static size_t
middle(const char *s)
{
	size_t n = strlen(s), at = n / 2;

	for (size_t i = at; i + 3 <= n && i < at + 200; i++)
		if (!memcmp(s + i, "\xef\xbc\x8c", 3) || !memcmp(s + i, "\xe3\x80\x82", 3))
			return i + 3;
	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static const char *
next_text(struct source *s)
{
	const char *a, *b;

	if (s->sample) {
		sample_next(s->sample, &s->appeal);
		return buf_text(&s->appeal.text);
	}
	a = rows_get(&s->rows, below((uint32_t)s->rows.n), "content");
	b = rows_get(&s->rows, below((uint32_t)s->rows.n), "content");
	buf_reset(&s->text);
	buf_add(&s->text, a, middle(a));
	buf_puts(&s->text, b + middle(b));
	return buf_text(&s->text);
}

static struct repeat_case
next_case(struct source *s, case_no no)
{
	static char place[16], item[16];
	const char *text = next_text(s);

	snprintf(place, sizeof place, "P%u", below(PLACES));
	snprintf(item, sizeof item, "I%u", below(ITEMS));
	return (struct repeat_case){ .no = no, .at = INT64_C(1795000000) * USEC_S + (usec_t)no * 8 * USEC_S, .text = text, .text_len = strlen(text),
		.place = place, .item = item, .person = 1 + below(200000), .open = below(10) == 0 };
}

static void
put(const struct source *s, const char *what, double value)
{
	char name[80];

	snprintf(name, sizeof name, "repeats_%s_%s", s->name, what);
	bench_put(name, value);
}

static void
put_times(const struct source *s, const char *what, struct samples *t)
{
	char name[80];

	snprintf(name, sizeof name, "%s_median_us", what);
	put(s, name, samples_at(t, 0.5));
	snprintf(name, sizeof name, "%s_p99_us", what);
	put(s, name, samples_at(t, 0.99));
	snprintf(name, sizeof name, "%s_worst_us", what);
	put(s, name, samples_at(t, 1));
	samples_free(t);
}

/* A case that is there (and long enough to be known again), asked for with something said before and after it. */
static void
copies(const struct source *s, struct repeats *r, char **text, int n)
{
	int found = 0, asked = 0;

	for (int i = 0; i < n; free(text[i++])) {
		struct repeat_hit hit[5];
		struct buf b = { 0 };
		bool there = false;

		if (strlen(text[i]) < 60)
			continue;
		buf_printf(&b, "我再补充一下，%s。至今没有人联系我", text[i]);
		struct repeat_case c = { .no = 900000000 + i, .at = INT64_C(1798000000) * USEC_S, .text = buf_text(&b), .text_len = b.len };
		int hits = repeats_find(r, &c, NULL, 0.5f, hit, 5);

		for (int k = 0; k < hits; k++)
			there |= hit[k].copy;
		found += there;
		asked++;
		buf_free(&b);
	}
	put(s, "copies_found", (double)found / asked);
}

static void
measure(struct source *s, long n)
{
	struct repeats *r = repeats_new();
	struct samples asked = { 0 }, known = { 0 };
	char *text[COPIES];
	double spent = 0;
	size_t bytes = 0;

	for (long i = 1; i <= n; i++) {
		struct repeat_case c = next_case(s, i);
		double begun = bench_cpu_us();

		if (!repeats_add(r, &c))
			bench_die("memory is gone");
		spent += bench_cpu_us() - begun;
		bytes += c.text_len;
		if (i % (n / COPIES) == 0 && i / (n / COPIES) <= COPIES)
			text[i / (n / COPIES) - 1] = strdup(c.text);
	}
	put(s, "cases", (double)repeats_count(r));
	put(s, "text_bytes", (double)bytes / (double)n);
	put(s, "bytes_a_case", (double)repeats_bytes(r) / (double)n);
	put(s, "build_s", spent / 1e6);
	put(s, "add_us", spent / (double)n);
	for (int i = 0; i < ASKED; i++) {
		struct repeat_case c = next_case(s, n + 1 + i);
		struct repeat_hit hit[CROWDS_HITS];
		double begun = bench_cpu_us();

		repeats_find(r, &c, NULL, 0.5f, hit, HITS);
		samples_add(&asked, bench_cpu_us() - begun);
		begun = bench_cpu_us();
		repeats_find_known(r, 1 + below((uint32_t)n), NULL, CROWDS_LEAST, hit, CROWDS_HITS);
		samples_add(&known, bench_cpu_us() - begun);
	}
	put_times(s, "ask", &asked);
	put_times(s, "gather", &known);
	copies(s, r, text, COPIES);
	repeats_free(r);
}

/* --- what fenboctl says of the real pairs and groups -------------------------------------------------------------------- */

static void
put_real(const char *name, const json_t *o, const char *key)
{
	char full[80];
	const json_t *v = json_object_get(o, key);

	snprintf(full, sizeof full, "dedup_%s_%s", name, key);
	if (json_is_number(v))
		bench_put(full, json_number_value(v));
}

static void
eval(const char *name, const char *options)
{
	static const char *const keys[] = { "queries", "recall1", "recall3", "recall10", "found1", "joined1", "joined3", "b3_f", "us_per_query" };
	struct buf command = { 0 };
	json_t *o = NULL, *kind;
	FILE *f;
	size_t i;

	buf_printf(&command, "'%s/fenboctl' dedup eval --json %s", bench_env("FENBO_BUILD"), options);
	if ((f = popen(buf_text(&command), "r")) != NULL) {
		o = json_loadf(f, 0, NULL);
		pclose(f);
	}
	if (!o)
		bench_die("no answer from %s", buf_text(&command));
	for (i = 0; i < sizeof keys / sizeof *keys; i++)
		put_real(name, o, keys[i]);
	json_array_foreach(json_object_get(o, "kinds"), i, kind)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			put_real(json_string_value(json_object_get(kind, "kind")), kind, keys[k]);
	json_decref(o);
	buf_free(&command);
}

int
main(void)
{
	long n = bench_number("BENCH_REPEATS", 300000);
	struct sample_options options = { .seed = 7, .hostile_per_mille = -1 };
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	char cases[600], pairs[600], command[1600];
	const char *path = rows_data("haikou12345_tickets.csv");
	struct source tickets = { .name = "tickets" }, samples = { .name = "samples" };

	if (path && rows_load(&tickets.rows, path)) {
		snprintf(cases, sizeof cases, "%s", path);
		measure(&tickets, n);
		rows_free(&tickets.rows);
		buf_free(&tickets.text);
		snprintf(pairs, sizeof pairs, "%s", rows_data("haikou12345_refs.csv"));
		snprintf(command, sizeof command, "--cases '%s' --id ticket_id --text content --pairs '%s' --hide-numbers", cases, pairs);
		eval("pairs", command);
	}
	if ((path = rows_data("teddy_f3.csv")) != NULL) {
		snprintf(command, sizeof command, "--cases '%s' --id id --text title,content --group hot_group", path);
		eval("groups", command);
	}
	if (!routing_load("conf", &doc, &errs) || !(samples.sample = sample_new(&doc, &options)))
		bench_die("the shipped policy cannot be read");
	measure(&samples, n);
	sample_appeal_free(&samples.appeal);
	sample_free(samples.sample);
	routing_free(&doc);
	return 0;
}
