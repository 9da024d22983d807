/*
 * Crowds in a town: the shipped policy reads a thousand generated appeals as fenbod does, and what is gathered is held against the incidents they
 * were made of; and what callers say about one burst main, which is gathered, beside a question that many ask, which is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "conf/sample.h"
#include "core/machine/crowds.h"
#include "core/machine/recommend.h"
#include "tests/tools/policy.h"

enum { APPEALS = 1000 };
static const usec_t noon = INT64_C(1795000000) * USEC_S;

struct town {
	struct routing_doc doc;
	struct arena names, a;
	struct duty_list *duty;
	struct gazetteer *places;
	struct recommender *rec;
	struct repeats *index;
	struct crowds *crowds;
	case_no next;
	const char *community; /* of what was said last, "" = none */
};

static int
setup(void **state)
{
	static struct town t;
	struct err_list errs = { 0 };

	t = (struct town){ .index = repeats_new(), .crowds = crowds_new() };
	assert_true(routing_load("conf", &t.doc, &errs));
	t.duty = policy_duty(&t.doc, &t.names);
	t.places = policy_places(&t.doc, &t.names);
	t.rec = recommender_new(t.duty, t.places);
	assert_non_null(t.rec);
	*state = &t;
	return 0;
}

static int
teardown(void **state)
{
	struct town *t = *state;

	crowds_free(t->crowds);
	repeats_free(t->index);
	recommender_free(t->rec);
	gazetteer_free(t->places);
	duty_list_free(t->duty);
	routing_free(&t->doc);
	arena_free(&t->a);
	arena_free(&t->names);
	return 0;
}

static const char *
community_of(const struct town *t, const char *place)
{
	const char *above[8];
	int n = place ? place_ancestors(t->places, place, above, 8) : 0;

	for (int i = 0; i < n; i++)
		if (!strcmp(place_level(t->places, above[i]), "community"))
			return above[i];
	return "";
}

/* Somebody says this so many seconds after noon; the group it is in. */
static int
said(struct town *t, const char *text, const char *title, const char *address, usec_t after, uint64_t person)
{
	struct recommend_query q = { .text = text, .text_len = strlen(text), .title = title, .address = address };
	struct recommendation rec;
	struct repeat_case c = { .no = ++t->next, .at = noon + after * USEC_S, .text = text, .text_len = strlen(text), .title = title, .person = person,
		.open = true };
	struct repeat_hit hit[CROWDS_HITS];

	arena_reset(&t->a);
	recommend(t->rec, NULL, &q, &t->a, &rec);
	c.place = rec.place.code;
	c.item = rec.units > 0 && rec.unit[0].item ? rec.unit[0].item->code : "";
	t->community = community_of(t, c.place);
	assert_true(repeats_add(t->index, &c));
	return crowds_add(t->crowds, &(struct crowd_case){ .no = c.no, .at = c.at, .person = person, .duty = t->duty, .item = c.item }, hit,
	    repeats_find_known(t->index, c.no, t->places, CROWDS_LEAST, hit, CROWDS_HITS));
}

struct tale { int incident, group; const char *item, *community; char *text; };
static struct tale tale[APPEALS];

/* Nobody who reads the two could tell: the same duty item in the same community. */
static bool
alike(const struct tale *a, const struct tale *b)
{
	return a->incident == b->incident || (*a->item && !strcmp(a->item, b->item) && *a->community && !strcmp(a->community, b->community));
}

/* How many of the tale's group are of its incident, or as good as; *size: of all. */
static int
kin(const struct tale *of, bool exactly, int *size)
{
	int n = 0;

	*size = 0;
	for (int i = 0; i < APPEALS; i++) {
		*size += tale[i].group == of->group;
		n += tale[i].group == of->group && (exactly ? tale[i].incident == of->incident : alike(&tale[i], of));
	}
	return n;
}

static int
told_of(int incident)
{
	int n = 0;

	for (int i = 0; i < APPEALS; i++)
		n += tale[i].incident == incident;
	return n;
}

/* Groups that enough people tell of, held against the incidents: a stranger tells of another matter or of another community than most of
 * its group. */
static void
test_samples(void **state)
{
	struct town *t = *state;
	struct sample_options o = { .seed = 7, .hostile_per_mille = -1 };
	struct sample *s = sample_new(&t->doc, &o);
	struct sample_appeal ap = { 0 };
	int groups = 0, cases = 0, mixed = 0, wrong = 0, strangers = 0, told = 0, found = 0;

	for (int i = 0; i < APPEALS; i++) {
		sample_next(s, &ap);
		tale[i] = (struct tale){ .incident = ap.incident ? ap.incident : -i, .item = ap.item ? ap.item : "", .text = strdup(buf_text(&ap.text)) };
		said(t, tale[i].text, ap.title, ap.address, i / 500, (uint64_t)i + 1);
		tale[i].community = t->community;
	}
	for (int i = 0; i < APPEALS; i++)
		tale[i].group = crowds_group(t->crowds, i + 1);
	for (int i = 0; i < APPEALS; i++) {
		int size, most = 0, exactly = 0, first = i, of = told_of(tale[i].incident), best = 0, seen = 0;

		for (int k = 0; k < APPEALS; k++) {
			int all, n = kin(&tale[k], true, &all);

			if (tale[k].group == tale[i].group) {
				first = k < first ? k : first;
				exactly = n > exactly ? n : exactly;
				n = kin(&tale[k], false, &size);
				most = n > most ? n : most;
			}
			if (tale[k].incident == tale[i].incident) {
				n = kin(&tale[k], true, &all);
				best = n > best ? n : best;
				seen += k < i;
			}
		}
		if (first == i && size >= CROWDS_PEOPLE) {
			groups++;
			cases += size;
			mixed += exactly < size;
			wrong += most < size;
			strangers += size - most;
			for (int k = 0; k < APPEALS && most < size && getenv("FENBO_WRONG"); k++)
				if (tale[k].group == tale[i].group)
					printf("  %d %d %.200s\n", i, tale[k].incident, tale[k].text);
		}
		if (of >= CROWDS_PEOPLE && !seen) {
			told++;
			found += best >= CROWDS_PEOPLE && best * 2 > of;
		}
	}
	printf("%d appeals: %d groups of %d cases; in %d of them more than one incident, in %d another matter or community (%d cases); %d of %d incidents found\n",
	    APPEALS, groups, cases, mixed, wrong, strangers, found, told);
	for (int i = 0; i < APPEALS; i++)
		free(tale[i].text);
	sample_appeal_free(&ap);
	sample_free(s);
	assert_true(found * 2 >= told);
	assert_true(wrong * 5 <= groups);
	assert_true(strangers * 10 <= cases);
}

static const char *const main_burst[] = {
	"竹坑社区水管爆了，水漫到路上", "竹坑社区自来水管爆了，家里停水了", "竹坑社区停水了，听说是主管爆了", "竹坑社区水管爆了！！快来人", "竹坑社区停水了",
	"竹坑社区主管爆了，水喷得很高",
};

static void
test_burst_main(void **state)
{
	struct town *t = *state;
	int g, people;

	for (int i = 0; i < 20; i++) { /* the town's other worries */
		static const char *const other[] = { "竹坑社区工地夜间施工噪音扰民", "坪山街道路灯不亮", "竹坑社区垃圾桶满了没有人清", "坪山区公交车班次太少",
			"竹坑社区有大货车乱停" };

		said(t, other[i % 5], "", "", -86400 * (i + 4), 100 + (uint64_t)i);
	}
	for (int i = 0; i < 5; i++) {
		static const char *const now[] = { "竹坑社区工地夜间施工噪音扰民，睡不着", "竹坑社区餐馆油烟很大", "竹坑社区垃圾堆了三天没有人清", "竹坑社区大货车乱停堵路",
			"竹坑社区工厂欠薪" };

		said(t, now[i], "", "", 0, 200 + (uint64_t)i);
	}
	g = said(t, main_burst[0], "", "", 10, 301);
	for (size_t i = 1; i < sizeof main_burst / sizeof *main_burst; i++)
		said(t, main_burst[i], "", "", 10 + (usec_t)i * 30, 301 + i);
	for (case_no n = t->next - 5; n <= t->next; n++)
		if (crowds_group(t->crowds, n) != g)
			print_error("not gathered: %s\n", main_burst[n - (t->next - 5)]);
	assert_int_equal(crowds_size(t->crowds, g, &people), 6);
	assert_int_equal(people, 6);
	assert_int_not_equal(said(t, main_burst[0], "", "", 3 * 86400 - 60, 900), g); /* days later it is another one */
}

static void
test_common_question(void **state)
{
	struct town *t = *state;
	int g = said(t, "身份证丢了，人在外地怎么补办？", "", "", 0, 501);

	for (int i = 1; i < 4; i++)
		assert_int_not_equal(said(t, "身份证丢了，人在外地怎么补办？", "", "", i * 60, 501 + (uint64_t)i), g);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_samples, setup, teardown),
		cmocka_unit_test_setup_teardown(test_burst_main, setup, teardown),
		cmocka_unit_test_setup_teardown(test_common_question, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
