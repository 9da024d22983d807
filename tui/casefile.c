#include "tui/casefile.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"

static const char *keep(struct casefile *f, const char *s, size_t len, enum clean_mode mode)
{
	struct buf clean = { 0 };
	const char *kept;

	if (len == 0)
		return "";
	if (clean_is(s, len, mode))
		return arena_strndup(&f->arena, s, len);
	clean_text(&clean, s, len, mode);
	kept = arena_strndup(&f->arena, buf_text(&clean), clean.len);
	buf_free(&clean);
	return kept ? kept : "";
}

static const char *text_mode(struct casefile *f, const json_t *o, const char *key, enum clean_mode mode)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? keep(f, json_string_value(v), json_string_length(v), mode) : "";
}

static const char *text(struct casefile *f, const json_t *o, const char *key)
{
	return text_mode(f, o, key, CLEAN_LINE);
}

/* The first of the two names that has a text. */
static const char *either(struct casefile *f, const json_t *o, const char *key, const char *other)
{
	const char *s = text(f, o, key);

	return *s ? s : text(f, o, other);
}

static long integer(const json_t *o, const char *key)
{
	return (long)json_integer_value(json_object_get(o, key));
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static usec_t when(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	usec_t t = 0;

	if (json_is_string(v) && !clock_parse(json_string_value(v), json_string_length(v), &t))
		t = 0;
	return t;
}

static case_no case_of(const json_t *v)
{
	case_no no = 0;

	if (json_is_object(v))
		v = json_object_get(v, json_object_get(v, "id") ? "id" : "no");
	if (json_is_integer(v))
		return json_integer_value(v);
	if (json_is_string(v) && !number_parse(json_string_value(v), json_string_length(v), &no))
		no = 0;
	return no;
}

static const char *const *texts(struct casefile *f, const json_t *array, int *n)
{
	size_t count = json_array_size(array);
	const char **list = count ? arena_alloc(&f->arena, count * sizeof *list) : NULL;

	*n = 0;
	for (size_t i = 0; list && i < count; i++) {
		const json_t *v = json_array_get(array, i);

		if (json_is_object(v))
			v = json_object_get(v, "unit");
		if (json_is_string(v))
			list[(*n)++] = keep(f, json_string_value(v), json_string_length(v), CLEAN_LINE);
	}
	return list;
}

static unsigned flags(const json_t *array)
{
	unsigned set = 0;
	size_t i;
	json_t *v;

	json_array_foreach(array, i, v)
		if (json_is_string(v))
			set |= flag_parse(json_string_value(v));
	return set;
}

static void read_unit(struct casefile *f, struct case_unit *u, const json_t *o)
{
	const json_t *reasons = json_object_get(o, "reasons");
	size_t i;
	json_t *r;

	u->code = text(f, o, "unit");
	u->name = text(f, o, "name");
	if (!*u->name)
		u->name = u->code;
	u->item = text(f, o, "item");
	u->item_name = text(f, o, "item_name");
	u->p = number(o, "p");
	json_array_foreach(reasons, i, r) {
		struct case_reason *to = &u->reason[u->reasons];
		const json_t *from = json_object_get(r, "start"), *end = json_object_get(r, "end");

		if (u->reasons == CASE_REASONS)
			return;
		to->kind = text(f, r, "kind");
		to->text = text(f, r, "text");
		to->from = json_is_integer(from) ? (int)json_integer_value(from) : -1;
		to->to = json_is_integer(end) ? (int)json_integer_value(end) : -1;
		u->reasons++;
	}
}

static void read_recommendation(struct casefile *f, const json_t *o)
{
	const json_t *id = json_object_get(o, "id");
	char digits[24];
	size_t i;
	json_t *u;

	f->rec.id = text(f, o, "id");
	if (json_is_integer(id)) {
		snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(id));
		f->rec.id = arena_strdup(&f->arena, digits);
	}
	f->rec.model = text(f, o, "model");
	f->rec.novel = json_is_true(json_object_get(o, "novel"));
	json_array_foreach(json_object_get(o, "units"), i, u)
		if (f->rec.n < CASE_UNITS)
			read_unit(f, &f->rec.unit[f->rec.n++], u);
}

static void read_repeats(struct casefile *f, const json_t *array)
{
	size_t i;
	json_t *o;

	f->repeat = arena_alloc(&f->arena, (json_array_size(array) + 1) * sizeof *f->repeat);
	if (!f->repeat)
		return;
	json_array_foreach(array, i, o)
		f->repeat[f->repeats++] = (struct case_repeat){
			.no = case_of(o), .score = number(o, "score"), .title = text(f, o, "title"),
			.reason = text(f, o, "reason"), .stage = text(f, o, "stage"),
			.place = either(f, o, "place_name", "place"), .unit = either(f, o, "unit_name", "unit"),
			.received_at = when(o, "received_at"),
		};
}

static void read_returns(struct casefile *f, const json_t *array)
{
	size_t i;
	json_t *o;

	f->returned = arena_alloc(&f->arena, (json_array_size(array) + 1) * sizeof *f->returned);
	if (!f->returned)
		return;
	f->nreturned = (int)json_array_size(array);
	json_array_foreach(array, i, o) /* told oldest first */
		f->returned[f->nreturned - 1 - (int)i] = (struct case_return){
			.unit = either(f, o, "unit_name", "unit"), .person = either(f, o, "person", "by"),
			.reason = either(f, o, "reason_name", "reason"), .at = when(o, "at"),
		};
}

static void read_clocks(struct casefile *f, const json_t *array)
{
	size_t i;
	json_t *o;

	f->clock = arena_alloc(&f->arena, (json_array_size(array) + 1) * sizeof *f->clock);
	if (!f->clock)
		return;
	json_array_foreach(array, i, o)
		f->clock[f->clocks++] = (struct case_clock){
			.kind = text(f, o, "kind"), .started_at = when(o, "started_at"), .due_at = when(o, "due_at"),
			.paused_since = when(o, "paused_since"), .stopped_at = when(o, "stopped_at"),
			.limit_s = integer(o, "limit_s"), .paused_s = integer(o, "paused_s"),
		};
}

static void read_notes(struct casefile *f, const json_t *array)
{
	size_t i;
	json_t *o;

	f->note = arena_alloc(&f->arena, (json_array_size(array) + 1) * sizeof *f->note);
	if (!f->note)
		return;
	json_array_foreach(array, i, o)
		f->note[f->notes++] = (struct case_note){
			.kind = text(f, o, "kind"), .text = text_mode(f, o, "text", CLEAN_TEXT),
			.person = either(f, o, "person", "actor"), .at = when(o, "at"),
		};
}

static struct case_link *links(struct casefile *f, const json_t *array, int *n)
{
	struct case_link *list = arena_alloc(&f->arena, (json_array_size(array) + 1) * sizeof *list);
	size_t i;
	json_t *o;

	*n = 0;
	if (!list)
		return NULL;
	json_array_foreach(array, i, o) {
		bool whole = json_is_object(o);

		list[(*n)++] = (struct case_link){
			.no = case_of(o),
			.title = whole ? text(f, o, "title") : "", .stage = whole ? text(f, o, "stage") : "",
		};
	}
	return list;
}

static void read_citizen(struct casefile *f, const json_t *o)
{
	f->citizen.name = text(f, o, "name");
	f->citizen.phone = text(f, o, "phone");
	f->citizen.identity = text(f, o, "identity");
	f->citizen.masked = json_is_true(json_object_get(o, "masked"));
}

static void read_whole(struct casefile *f, const json_t *o)
{
	f->version = (int)integer(o, "version");
	stage_parse(text(f, o, "stage"), &f->stage);
	if (!priority_parse(text(f, o, "priority"), &f->priority))
		f->priority = PRIORITY_NORMAL;
	f->outcome = text(f, o, "outcome");
	f->flags = flags(json_object_get(o, "flags"));
	f->title = text(f, o, "title");
	f->text = text_mode(f, o, "text", CLEAN_TEXT);
	f->type = text(f, o, "type");
	f->channel = either(f, o, "channel_name", "channel");
	f->address = text(f, o, "address");
	f->place = text(f, o, "place_code");
	f->place_name = either(f, o, "place_name", "place");
	f->item = text(f, o, "item");
	f->item_name = text(f, o, "item_name");
	f->unit = text(f, o, "unit");
	f->unit_name = either(f, o, "unit_name", "unit");
	f->owner = either(f, o, "owner_person", "owner");
	f->tags = texts(f, json_object_get(o, "tags"), &f->ntags);
	f->assist = texts(f, json_object_get(o, "assist"), &f->nassist);
	f->received_at = when(o, "received_at");
	f->due_at = when(o, "due_at");
	f->lease_until = when(o, "lease_until");
	f->closed_at = when(o, "closed_at");
	f->chased = (int)integer(o, "chased");
	f->returned_times = (int)integer(o, "returned");
	f->redo = (int)integer(o, "redo");
	f->citizen.earlier = (int)integer(o, "earlier");
	f->parent = case_of(json_object_get(o, "parent"));
	f->primary = case_of(json_object_get(o, "primary"));
	read_citizen(f, json_object_get(o, "citizen"));
	read_recommendation(f, json_object_get(o, "recommendation"));
	read_repeats(f, json_object_get(o, "repeats"));
	read_returns(f, json_object_get(o, "returns"));
	read_clocks(f, json_object_get(o, "clocks"));
	read_notes(f, json_object_get(o, "remarks"));
	f->merged = links(f, json_object_get(o, "merged"), &f->nmerged);
	f->part = links(f, json_object_get(o, "parts"), &f->parts);
}

struct casefile *casefile_read(const char *json, size_t len)
{
	json_t *o = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
	struct casefile *f = NULL;
	case_no no = case_of(o);

	if (no != 0 && (f = calloc(1, sizeof *f))) {
		f->no = no;
		read_whole(f, o);
	}
	json_decref(o);
	return f;
}

void casefile_free(struct casefile *f)
{
	if (!f)
		return;
	arena_free(&f->arena);
	free(f);
}
