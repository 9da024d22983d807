#include "core/ctl/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/geojson.h"
#include "conf/value.h"
#include "core/base/utf8.h"
#include "core/ctl/exchange.h"
#include "core/ctl/place_table.h"
#include "core/ctl/print.h"
#include "core/machine/boundary.h"

const struct ctl_option place_options[] = {
	{ "address", "A", "the form's address", WORDS_NONE },
	{ "channel", "C", "the channel's code, or that of its place", WORDS_NONE },
	{ "lat", "X", "latitude, WGS 84", WORDS_NONE }, { "long", "Y", "longitude", WORDS_NONE },
	{ "gazetteer", "FILE.csv", "instead of the database's: ours, or a national division list", WORDS_FILE },
	{ "boundaries", "FILE.geojson", "with --gazetteer: where its places end", WORDS_FILE }, { .name = NULL }
};

/* What a run knows: the places, where they end, and what goes with every text. */
struct knowledge {
	struct gazetteer *places;
	struct boundaries *bounds;
	struct place_query q;
	char hint[64];
};

/* --- where they end ------------------------------------------------------------------------------------------------------ */

static bool
add_area(struct boundaries *b, const char *code, const struct geo_ring *ring, size_t n)
{
	struct boundary_ring *copy = calloc(n + 1, sizeof *copy);
	bool good = copy != NULL;

	for (size_t i = 0; good && i < n; i++)
		copy[i] = (struct boundary_ring){ ring[i].at, ring[i].points };
	good = good && boundaries_add(b, code, copy, n);
	free(copy);
	return good;
}

static void
area_row(void *ctx, const struct db_row *r)
{
	struct arena a = { 0 };
	struct geo_ring *ring;
	json_t *rings;
	size_t n;

	if (db_row_null(r, 1))
		return;
	rings = json_loads(db_row_text(r, 2, NULL), 0, NULL);
	if (geojson_rings_read(rings, &a, &ring, &n))
		add_area(ctx, db_row_text(r, 1, NULL), ring, n);
	json_decref(rings);
	arena_free(&a);
}

/* --- from files ------------------------------------------------------------------------------------------------------------ */

/* The code of the place an area stands for: its own, or the one of that name, within the one named as its parent if there is one.
 * NULL with an error when there is none, or several. */
static const char *
area_code(const struct gazetteer *g, const struct geo_area *a, const char *file, struct err_list *errs)
{
	struct place_match m;
	const char *what = a->code[0] ? a->code : a->name;

	if (a->code[0] && place_name(g, a->code) != NULL)
		return a->code;
	if (!a->code[0]) {
		place_find(g, place_name(g, a->within) != NULL ? place_name(g, a->within) : a->within, a->name, strlen(a->name), NULL, &m);
		if (m.code != NULL && !m.ambiguous && !m.in_address && m.start == 0 && (size_t)m.end == utf8_count(a->name, strlen(a->name)))
			return m.code;
		if (m.ambiguous) {
			err_list_add(errs, ERR_INVALID, file, (int)a->feature, 0, "name", "%s may be %s or %s; give the feature a code, or a parent", what,
			    m.candidate[0], m.candidate[1]);
			return NULL;
		}
	}
	err_list_add(errs, ERR_INVALID, file, (int)a->feature, 0, a->code[0] ? "code" : "name", "%s is no place of the gazetteer", what);
	return NULL;
}

static bool
load_bounds(struct knowledge *k, const char *path, struct err_list *errs)
{
	struct geo geo;
	bool good = geojson_load(&geo, path, errs);

	for (size_t i = 0; good && i < geo.areas; i++) {
		const char *code = area_code(k->places, &geo.area[i], path, errs);

		if (code != NULL && !add_area(k->bounds, code, geo.area[i].ring, geo.area[i].rings))
			err_list_add(errs, ERR_TOO_LARGE, path, (int)geo.area[i].feature, 0, "", "there are too many points, or memory is gone");
	}
	geojson_free(&geo);
	return good && err_list_empty(errs);
}

static bool
from_files(struct ctl *ctl, const struct ctl_args *a, struct knowledge *k, int *status)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };
	bool good = routing_load_part(ROUTING_PLACES, ctl_opt(a, "gazetteer"), &doc, &errs) && err_list_empty(&errs);

	k->places = good ? place_table_of(&doc) : NULL;
	routing_free(&doc);
	good = k->places != NULL && (ctl_opt(a, "boundaries") == NULL || load_bounds(k, ctl_opt(a, "boundaries"), &errs));
	if (!good)
		*status = exchange_errors(ctl, &errs);
	if (good && ctl_opt(a, "channel") != NULL)
		snprintf(k->hint, sizeof k->hint, "%s", ctl_opt(a, "channel"));
	return good;
}

/* --- from the database ------------------------------------------------------------------------------------------------------- */

static void
place_row(void *ctx, const struct db_row *r)
{
	size_t len;
	const char *text = db_row_text(r, 0, &len);
	json_t *o = json_loadb(text, len, 0, NULL);

	place_table_add(ctx, o);
	json_decref(o);
}

struct channel { const char *code; char *place; size_t size; bool found; };

static void
channel_row(void *ctx, const struct db_row *r)
{
	struct channel *c = ctx;

	if (strcmp(db_row_text(r, 0, NULL), c->code) != 0)
		return;
	c->found = true;
	snprintf(c->place, c->size, "%s", db_row_null(r, 2) ? "" : db_row_text(r, 2, NULL));
}

static bool
from_database(struct ctl *ctl, const struct ctl_args *a, struct knowledge *k, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct place_table t = { 0 };
	const char *channel = ctl_opt(a, "channel");
	struct channel c = { channel, k->hint, sizeof k->hint, false };
	struct err e;

	if (db == NULL)
		return false;
	if (!sync_run(db, SQL_ROUTING_PLACES, NULL, 0, place_row, &t, &e) ||
	    (channel != NULL && !sync_run(db, SQL_CHANNELS, NULL, 0, channel_row, &c, &e)) ||
	    (k->q.located && !sync_run(db, SQL_BOUNDARIES, (struct db_param[]){ DB_TEXT(NULL) }, 1, area_row, k->bounds, &e))) {
		*status = ctl_fail_database(&e);
		gazetteer_free(place_table_done(&t));
		return false;
	}
	if ((k->places = place_table_done(&t)) == NULL) {
		*status = ctl_usage("memory is gone");
		return false;
	}
	if (channel != NULL && !c.found)
		snprintf(k->hint, sizeof k->hint, "%s", channel);
	return true;
}

/* --- the answer -------------------------------------------------------------------------------------------------------------- */

static json_t *
named(const struct gazetteer *g, const char *code)
{
	return json_pack("{s:s, s:s, s:s}", "code", code, "name", place_name(g, code), "level", place_level(g, code));
}

/* The words that said it, out of the text or the address. */
static json_t *
words_of(const struct place_query *q, const struct place_match *m)
{
	const char *from = m->in_address ? q->address : q->text;
	size_t len, start, end;

	if (m->start < 0)
		return json_null();
	len = m->in_address ? strlen(from) : q->text_len;
	start = utf8_offset(from, len, (size_t)m->start);
	end = utf8_offset(from, len, (size_t)m->end);
	return json_stringn(from + start, end - start);
}

static json_t *
answer_of(const struct knowledge *k, const struct place_match *m)
{
	const struct gazetteer *g = k->places;
	json_t *chain = json_object(), *path = json_array(), *candidates = json_array();

	for (int i = 0; i < PLACE_LEVELS; i++)
		if (m->chain[i] != NULL) {
			json_object_set_new(chain, place_level(g, m->chain[i]), json_string(m->chain[i]));
			json_array_append_new(path, json_string(place_name(g, m->chain[i])));
		}
	for (int i = 0; i < m->candidates; i++) {
		json_t *c = named(g, m->candidate[i]);

		json_object_set_new(c, "score", print_share((double)m->candidate_score[i]));
		json_object_set_new(c, "in", json_string(place_in_name(m->candidate_in[i])));
		json_array_append_new(candidates, c);
	}
	return json_pack("{s:s?, s:s?, s:s?, s:o, s:o, s:b, s:s?, s:o, s:o, s:o, s:o}", "code", m->code, "name", m->name, "level", m->level, "path", path,
	    "chain", chain, "ambiguous", m->ambiguous, "in", m->code != NULL ? place_in_name(m->in) : NULL, "words", words_of(&k->q, m),
	    "start", m->start < 0 ? json_null() : json_integer(m->start), "end", m->end < 0 ? json_null() : json_integer(m->end), "candidates", candidates);
}

static void
say_line(const char *what, const char *text)
{
	printf("%-10s ", what);
	print_text(text, strlen(text));
}

static void
say(const struct knowledge *k, const struct place_match *m, const json_t *o)
{
	struct buf b = { 0 };
	const char *words = json_string_value(json_object_get(o, "words"));

	if (m->code != NULL)
		buf_printf(&b, "%s%s (%s %s)", m->ambiguous ? "somewhere in " : "", m->name, m->level, m->code);
	else
		buf_puts(&b, "unknown");
	say_line("place", buf_text(&b));
	buf_reset(&b);
	for (int i = 0; i < PLACE_LEVELS; i++)
		if (m->chain[i] != NULL)
			buf_printf(&b, "%s%s", b.len ? " › " : "", place_name(k->places, m->chain[i]));
	if (m->code != NULL)
		say_line("lies in", buf_text(&b));
	buf_reset(&b);
	if (words != NULL)
		buf_printf(&b, "%s %d–%d: %s", m->in_address ? "address" : "text", m->start, m->end, words);
	else if (m->code != NULL)
		buf_puts(&b, place_in_name(m->in));
	if (b.len)
		say_line("said by", buf_text(&b));
	for (int i = 0; i < m->candidates; i++) {
		buf_reset(&b);
		buf_printf(&b, "%s (%s %s) %.2f, by %s", place_name(k->places, m->candidate[i]), place_level(k->places, m->candidate[i]), m->candidate[i],
		    (double)m->candidate_score[i], place_in_name(m->candidate_in[i]));
		say_line(m->ambiguous ? "one of" : m->code != NULL ? "not" : "perhaps", buf_text(&b));
	}
	buf_free(&b);
}

static bool
answer(struct ctl *ctl, struct knowledge *k, const char *text, size_t len)
{
	struct place_match m;
	json_t *o;

	k->q.text = text;
	k->q.text_len = len;
	k->q.hint = k->hint;
	place_seek(k->places, &k->q, &m);
	o = answer_of(k, &m);
	if (ctl->json)
		print_row(ctl, NULL, o);
	else
		say(k, &m, o);
	json_decref(o);
	return m.code != NULL;
}

/* Every line of standard input. Found or not, each has its answer. */
static int
answer_lines(struct ctl *ctl, struct knowledge *k)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0)
		answer(ctl, k, line, (size_t)n - (line[n - 1] == '\n'));
	free(line);
	return EXIT_DONE;
}

static bool
read_degrees(const struct ctl_args *a, struct place_query *q)
{
	const char *lat = ctl_opt(a, "lat"), *lng = ctl_opt(a, "long");

	q->located = lat != NULL && lng != NULL;
	return (lat == NULL) == (lng == NULL) && (!q->located || (value_real(lat, &q->lat) && value_real(lng, &q->lng) && q->lat >= -90 && q->lat <= 90 &&
	    q->lng >= -180 && q->lng <= 180));
}

int
place_command(struct ctl *ctl, const struct ctl_args *a)
{
	struct knowledge k = { .q = { .address = ctl_opt(a, "address") } };
	int status = EXIT_REFUSED;
	bool good;

	if (!read_degrees(a, &k.q))
		return ctl_usage("--lat and --long: degrees are expected, both of them");
	if (ctl_opt(a, "boundaries") != NULL && ctl_opt(a, "gazetteer") == NULL)
		return ctl_usage("--boundaries goes with --gazetteer; the database has its own");
	if ((k.bounds = boundaries_new()) == NULL)
		return ctl_usage("memory is gone");
	good = (ctl_opt(a, "gazetteer") != NULL ? from_files(ctl, a, &k, &status) : from_database(ctl, a, &k, &status)) && boundaries_done(k.bounds);
	if (good) {
		gazetteer_bound(k.places, k.bounds);
		if (strcmp(a->word[0], "-") == 0)
			status = answer_lines(ctl, &k);
		else if (answer(ctl, &k, a->word[0], strlen(a->word[0])))
			status = EXIT_DONE;
		else
			fprintf(stderr, "fenboctl: no place is known in this text\n");
	}
	gazetteer_free(k.places);
	boundaries_free(k.bounds);
	return status;
}

/* --- import boundaries ---------------------------------------------------------------------------------------------------------- */

const struct ctl_option boundaries_options[] = { { "clear", NULL, "take all boundaries away", WORDS_NONE }, { .name = NULL } };

static int
put(struct ctl *ctl, json_t *areas)
{
	char *text = json_dumps(areas, JSON_COMPACT | JSON_REAL_PRECISION(11)), *change;
	int status;
	json_t *o;

	change = ctl_value(ctl, SQL_BOUNDARIES_PUT, (struct db_param[]){ DB_TEXT(text) }, 1, &status);
	free(text);
	if (change == NULL)
		return status;
	o = json_pack("{s:I, s:I}", "areas", (json_int_t)json_array_size(areas), "change", (json_int_t)atoll(change));
	if (ctl->json)
		print_row(ctl, NULL, o);
	print_said(ctl, "%zu areas", json_array_size(areas));
	json_decref(o);
	free(change);
	return EXIT_DONE;
}

/* Every area with the code of its place; several features of one place are one area. */
static json_t *
areas_of(const struct gazetteer *g, const struct geo *geo, const char *file, struct err_list *errs)
{
	json_t *areas = json_array(), *by_code = json_object();
	struct boundaries *check = boundaries_new();

	for (size_t i = 0; i < geo->areas; i++) {
		const char *code = area_code(g, &geo->area[i], file, errs);
		json_t *known = code != NULL ? json_object_get(by_code, code) : NULL, *rings;

		if (code == NULL)
			continue;
		if (check == NULL || !add_area(check, code, geo->area[i].ring, geo->area[i].rings)) {
			err_list_add(errs, ERR_TOO_LARGE, file, (int)geo->area[i].feature, 0, "", "with this one there are more than %d points", BOUNDARY_ALL);
			break;
		}
		rings = geojson_rings(&geo->area[i]);
		if (known != NULL) {
			json_array_extend(json_object_get(known, "rings"), rings);
			json_decref(rings);
			continue;
		}
		known = json_pack("{s:s, s:o}", "code", code, "rings", rings);
		json_object_set_new(by_code, code, known);
		json_array_append(areas, known);
	}
	boundaries_free(check);
	json_decref(by_code);
	return areas;
}

int
boundaries_command(struct ctl *ctl, const struct ctl_args *a)
{
	struct knowledge k = { .places = NULL };
	struct err_list errs = { 0 };
	struct geo geo;
	json_t *areas;
	int status;

	if (ctl_opt(a, "clear") != NULL ? a->words > 0 : a->words == 0)
		return ctl_usage("import boundaries: a file, or --clear");
	if (a->words == 0) {
		areas = json_array();
		status = put(ctl, areas);
		json_decref(areas);
		return status;
	}
	if (!geojson_load(&geo, a->word[0], &errs))
		return exchange_errors(ctl, &errs);
	if (!from_database(ctl, &(struct ctl_args){ .options = NULL }, &k, &status)) {
		geojson_free(&geo);
		return status;
	}
	areas = areas_of(k.places, &geo, a->word[0], &errs);
	status = err_list_empty(&errs) ? put(ctl, areas) : exchange_errors(ctl, &errs);
	json_decref(areas);
	gazetteer_free(k.places);
	geojson_free(&geo);
	return status;
}
