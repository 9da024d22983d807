#include "tui/casefile.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "tui/i18n.h"

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

/* --- what the machine read ---------------------------------------------------------------------------------------- */

static const struct { const char *wire, *label; } read_kinds[READ_KINDS] = {
	[READ_TYPE] = { "type", N_("type") }, [READ_PLACE] = { "place", N_("place") }, [READ_TIME] = { "time", N_("happened") },
	[READ_PHONE] = { "phone", N_("telephone") }, [READ_PERSON] = { "person", N_("person") }, [READ_PLATE] = { "plate", N_("plate") },
	[READ_KEYWORD] = { "keywords", N_("keyword") }, [READ_DANGER] = { "danger", N_("danger word") },
	[READ_ENTERPRISE] = { "enterprise", N_("enterprise") },
};

const char *read_label(enum read_kind k)
{
	return read_kinds[k].label;
}

static void read_field(struct casefile *f, enum read_kind kind, const json_t *o)
{
	struct read_field *r = &f->field[f->fields];
	const json_t *meant = json_object_get(o, "candidates");
	const char *in = text(f, o, "in"), *precision = text(f, o, "precision");
	struct buf tags = { 0 };
	const char *const *list;
	size_t i;
	json_t *one;
	int n;

	if (!json_is_object(o) || f->fields == FIELDS_MAX)
		return;
	*r = (struct read_field){ .kind = kind, .value = text(f, o, "value"), .tags = "",
		.in = strcmp(in, "address") == 0 ? IN_ADDRESS : strcmp(in, "title") == 0 ? IN_TITLE : IN_TEXT,
		.precise = strcmp(precision, "day") != 0 };
	if (!*r->value)
		r->value = either(f, o, "name", "text");
	advice_span(o, &r->from, &r->to);
	list = texts(f, json_object_get(o, "tags"), &n);
	for (int k = 0; k < n; k++)
		buf_printf(&tags, "%s%s", k ? " " : "", list[k]);
	json_array_foreach(meant, i, one)
		if (kind == READ_ENTERPRISE)
			buf_printf(&tags, "%s%s?", i ? " " : "", text(f, one, "name"));
	if (tags.len > 0)
		r->tags = keep(f, buf_text(&tags), tags.len, CLEAN_LINE);
	buf_free(&tags);
	f->fields++;
}

static void read_fields(struct casefile *f, const json_t *o)
{
	f->field = json_is_object(o) ? arena_alloc(&f->arena, FIELDS_MAX * sizeof *f->field) : NULL;
	advice_read_place(&f->arena, f->field ? json_object_get(o, "place") : NULL, &f->read_place);
	for (int k = 0; f->field && k < READ_KINDS; k++) {
		const json_t *v = json_object_get(o, read_kinds[k].wire);
		size_t i;
		json_t *one;

		read_field(f, (enum read_kind)k, v); /* nothing when it is an array */
		json_array_foreach(v, i, one)
			read_field(f, (enum read_kind)k, one);
	}
}

const char *casefile_span(const struct casefile *f, const struct read_field *r, size_t *len)
{
	const char *s = r->in == IN_ADDRESS ? f->address : r->in == IN_TITLE ? f->title : f->text;
	size_t all = strlen(s), at, end;

	*len = 0;
	if (r->from < 0 || r->to <= r->from)
		return "";
	at = utf8_offset(s, all, (size_t)r->from);
	end = utf8_offset(s, all, (size_t)r->to);
	*len = end - at;
	return s + at;
}

/* --- other cases -------------------------------------------------------------------------------------------------- */

static void read_ties(struct casefile *f, const json_t *array)
{
	size_t i;
	json_t *o;

	f->tie = arena_alloc(&f->arena, (json_array_size(array) + 1) * sizeof *f->tie);
	if (!f->tie)
		return;
	json_array_foreach(array, i, o)
		f->tie[f->ties++] = (struct case_tie){
			.no = case_of(o), .kind = text(f, o, "kind"), .reason = text(f, o, "reason"), .title = text(f, o, "title"),
			.stage = text(f, o, "stage"), .received_at = when(o, "received_at"),
		};
}

static void read_burst(struct casefile *f, const json_t *o)
{
	struct case_burst *b = &f->burst;
	size_t i;
	json_t *l;

	*b = (struct case_burst){ .id = json_integer_value(json_object_get(o, "id")), .title = text(f, o, "title"),
		.place = either(f, o, "place_name", "place"), .item = either(f, o, "item_name", "item"), .since = when(o, "since"),
		.cases = (int)integer(o, "cases"), .people = (int)integer(o, "people"), .primary = case_of(json_object_get(o, "primary")) };
	json_array_foreach(json_object_get(o, "members"), i, l)
		if (b->lines < BURST_LINES)
			b->line[b->lines++] = (struct burst_line){ .no = case_of(l), .title = text(f, l, "title"), .stage = text(f, l, "stage"),
				.place = either(f, l, "place_name", "place"), .received_at = when(l, "received_at") };
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

/* The unit's side: 0084 and 0085 say what is in it. */
static void read_work(struct casefile *f, const json_t *o)
{
	const json_t *files = json_object_get(o, "files"), *promises = json_object_get(o, "promises"), *steps = json_object_get(o, "steps"),
		     *passed = json_object_get(o, "passed"), *r = json_object_get(o, "request");
	const char **names = arena_alloc(&f->arena, (json_array_size(passed) + 1) * sizeof *names);
	size_t i;
	json_t *x;

	f->file = arena_alloc(&f->arena, (json_array_size(files) + 1) * sizeof *f->file);
	f->promise = arena_alloc(&f->arena, (json_array_size(promises) + 1) * sizeof *f->promise);
	f->step = arena_alloc(&f->arena, (json_array_size(steps) + 1) * sizeof *f->step);
	json_array_foreach(files, i, x)
		if (f->file)
			f->file[f->files++] = (struct case_file){ .name = text(f, x, "name"), .sha256 = text(f, x, "sha256"), .link = text(f, x, "link"),
				.size = json_integer_value(json_object_get(x, "size")) };
	json_array_foreach(promises, i, x)
		if (f->promise)
			f->promise[f->promises++] = (struct case_promise){ .person = either(f, x, "person", "by"), .until = when(x, "until"),
				.kept_at = when(x, "kept_at") };
	json_array_foreach(steps, i, x)
		if (f->step)
			f->step[f->steps++] = (struct case_step){ .unit = text(f, x, "unit"), .name = either(f, x, "name", "unit"), .state = text(f, x, "state") };
	json_array_foreach(passed, i, x)
		if (names)
			names[f->npassed++] = either(f, x, "name", "unit");
	f->passed = names;
	f->paused_until = when(o, "paused_until");
	f->request = (struct case_request){ .kind = text(f, r, "kind"), .reason = text(f, r, "reason"), .text = text(f, r, "text"),
		.person = text(f, r, "person"), .decision = text(f, r, "decision"), .answer = text(f, r, "answer"), .decided_by = text(f, r, "decided_by"),
		.days = (int)integer(r, "days"), .asked_at = when(r, "asked_at"), .until = when(r, "until") };
}

static void read_ratings(struct casefile *f, const json_t *array)
{
	size_t n = json_array_size(array), i;
	json_t *o;

	f->rating = n ? arena_alloc(&f->arena, n * sizeof *f->rating) : NULL;
	if (!f->rating)
		return;
	f->ratings = (int)n;
	json_array_foreach((json_t *)array, i, o) /* told oldest first */
		f->rating[n - 1 - i] = (struct case_rating){ .speed = (int)integer(o, "speed"), .effect = (int)integer(o, "effect"),
			.service = (int)integer(o, "service"), .feedback = (int)integer(o, "feedback"), .round = (int)integer(o, "round"),
			.bad = json_is_true(json_object_get(o, "bad")), .phone = strcmp(text(f, o, "via"), "visit") == 0, .words = text(f, o, "words"),
			.at = when(o, "at") };
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

/* Those that stand, instructions first. */
static void read_orders(struct casefile *f, const json_t *instructions, const json_t *letters)
{
	size_t n = json_array_size(instructions) + json_array_size(letters), i;
	json_t *o;

	f->order = n ? arena_alloc(&f->arena, n * sizeof *f->order) : NULL;
	json_array_foreach((json_t *)instructions, i, o)
		if (f->order && when(o, "settled_at") == 0)
			f->order[f->orders++] = (struct case_order){ .complied = when(o, "complied_at") != 0, .overdue = json_is_true(json_object_get(o, "overdue")),
				.text = text(f, o, when(o, "complied_at") ? "complied" : "text"), .leader = text(f, o, "leader"), .unit = text(f, o, "unit_name"),
				.at = when(o, "at"), .until = when(o, "until") };
	json_array_foreach((json_t *)letters, i, o)
		if (f->order && when(o, "answered_at") == 0 && when(o, "lapsed_at") == 0)
			f->order[f->orders++] = (struct case_order){ .letter = true, .text = text(f, o, "text"), .leader = "", .unit = text(f, o, "unit_name"), .at = when(o, "at") };
}

static void read_topics(struct casefile *f, const json_t *list)
{
	size_t n = json_array_size(list), i;
	const char **title = n ? arena_alloc(&f->arena, n * sizeof *title) : NULL;
	json_t *o;

	json_array_foreach((json_t *)list, i, o)
		if (title)
			title[f->topics++] = text(f, o, "title");
	f->topic = title;
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
	f->channel_code = text(f, o, "channel");
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
	f->happened_at = when(o, "happened_at");
	f->chased = (int)integer(o, "chased");
	f->returned_times = (int)integer(o, "returned");
	f->redo = (int)integer(o, "redo");
	f->citizen.earlier = (int)integer(o, "earlier");
	f->parent = case_of(json_object_get(o, "parent"));
	f->primary = case_of(json_object_get(o, "primary"));
	read_citizen(f, json_object_get(o, "citizen"));
	advice_read(&f->arena, json_object_get(o, "recommendation"), &f->rec);
	read_fields(f, json_object_get(o, "fields"));
	read_ties(f, json_object_get(o, "links"));
	read_burst(f, json_object_get(o, "burst"));
	read_repeats(f, json_object_get(o, "repeats"));
	read_returns(f, json_object_get(o, "returns"));
	read_clocks(f, json_object_get(o, "clocks"));
	read_notes(f, json_object_get(o, "remarks"));
	read_work(f, o);
	read_ratings(f, json_object_get(o, "ratings"));
	f->merged = links(f, json_object_get(o, "merged"), &f->nmerged);
	f->part = links(f, json_object_get(o, "parts"), &f->parts);
	read_orders(f, json_object_get(o, "instructions"), json_object_get(o, "letters"));
	read_topics(f, json_object_get(o, "topics"));
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
