#include "core/appeal/summary.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct summary_hold {
	json_t *root;
};

/* One decoding: the first thing wrong ends it. */
struct decoder {
	const json_t *root;
	struct err *e;
	bool ok;
};

static void
refuse(struct decoder *d, enum err_code code, const char *field, const char *why)
{
	if (d->ok)
		err_set(d->e, code, field, "%s: %s", field, why);
	d->ok = false;
}

/* A member, or NULL when it is absent or null. */
static const json_t *
member(const struct decoder *d, const char *field)
{
	const json_t *v = json_object_get(d->root, field);

	return json_is_null(v) ? NULL : v;
}

static const char *
text(struct decoder *d, const char *field)
{
	const json_t *v = member(d, field);

	if (v == NULL)
		return "";
	if (!json_is_string(v)) {
		refuse(d, ERR_INVALID, field, "a string is expected");
		return "";
	}
	return json_string_value(v);
}

static int
count(struct decoder *d, const char *field)
{
	const json_t *v = member(d, field);

	if (v == NULL)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > INT_MAX) {
		refuse(d, ERR_INVALID, field, "a count is expected");
		return 0;
	}
	return (int)json_integer_value(v);
}

static int64_t
number(struct decoder *d, const char *field)
{
	const json_t *v = member(d, field);

	if (v == NULL)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0) {
		refuse(d, ERR_INVALID, field, "a number is expected");
		return 0;
	}
	return json_integer_value(v);
}

static usec_t
instant(struct decoder *d, const char *field)
{
	const char *s = text(d, field);
	usec_t t = 0;

	if (*s != '\0' && !clock_parse(s, strlen(s), &t))
		refuse(d, ERR_INVALID, field, "a time with offset is expected");
	return t;
}

static void
required(struct decoder *d, const char *field)
{
	if (member(d, field) == NULL)
		refuse(d, ERR_MISSING, field, "is missing");
}

/* Names that this program does not know yet are passed over: the database may be newer. */
static unsigned
flags(struct decoder *d)
{
	const json_t *v = member(d, "flags"), *one;
	unsigned bits = 0;
	size_t i;

	if (v != NULL && !json_is_array(v))
		refuse(d, ERR_INVALID, "flags", "an array of names is expected");
	json_array_foreach(v, i, one)
		if (json_is_string(one))
			bits |= flag_parse(json_string_value(one));
	return bits;
}

/* [unit, p] of the first recommendation. */
static void
top(struct decoder *d, struct summary *out)
{
	const json_t *v = member(d, "top");

	out->top_unit = "";
	if (v == NULL || (json_is_array(v) && json_array_size(v) == 0) || json_is_null(json_array_get(v, 0)))
		return;
	const json_t *unit = json_array_get(v, 0), *p = json_array_get(v, 1);
	double value = json_number_value(p);
	if (!json_is_string(unit) || !json_is_number(p) || !(value >= 0 && value <= 1)) {
		refuse(d, ERR_INVALID, "top", "a unit and a probability are expected");
		return;
	}
	out->top_unit = json_string_value(unit);
	out->top_p = (float)value;
}

static void
decode(struct decoder *d, struct summary *out)
{
	static const char *const must[] = { "id", "version", "stage", "priority", "received_at" };

	for (size_t i = 0; i < sizeof must / sizeof *must; i++)
		required(d, must[i]);
	const char *id = text(d, "id");
	if (!number_parse(id, strlen(id), &out->no))
		refuse(d, ERR_INVALID, "id", "not a case number");
	out->version = count(d, "version");
	if (!stage_parse(text(d, "stage"), &out->stage))
		refuse(d, ERR_INVALID, "stage", "not a stage");
	if (!priority_parse(text(d, "priority"), &out->priority))
		refuse(d, ERR_INVALID, "priority", "not a priority");
	out->received_at = instant(d, "received_at");
	out->rank_at = instant(d, "rank_at");
	if (out->rank_at == 0)
		out->rank_at = out->received_at;
	out->due_at = instant(d, "due_at");
	out->lease_until = instant(d, "lease_until");
	out->at = instant(d, "at");
	out->flags = flags(d);
	out->chased = count(d, "chased");
	out->returned = count(d, "returned");
	out->redo = count(d, "redo");
	out->repeats = count(d, "repeats");
	out->burst = number(d, "burst");
	top(d, out);
	out->clock = text(d, "clock");
	out->desk = text(d, "desk");
	out->unit = text(d, "unit");
	out->item = text(d, "item");
	out->owner = text(d, "owner");
	out->channel = text(d, "channel");
	out->title = text(d, "title");
	out->place = text(d, "place");
}

usec_t
summary_due(const struct summary *s)
{
	return strcmp(s->clock, "rate") == 0 ? 0 : s->due_at;
}

bool
summary_decode(const char *json, size_t len, struct summary *out, struct summary_hold **hold, struct err *e)
{
	json_error_t where;

	*out = (struct summary){ 0 };
	*hold = NULL;
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
	if (root == NULL)
		return err_set(e, ERR_INVALID, "", "not JSON: %s", where.text);
	struct decoder d = { root, e, true };
	if (!json_is_object(root))
		refuse(&d, ERR_INVALID, "", "an object is expected");
	else
		decode(&d, out);
	if (d.ok && (*hold = malloc(sizeof **hold)) == NULL)
		refuse(&d, ERR_INTERNAL, "", "out of memory");
	if (!d.ok) {
		*out = (struct summary){ 0 };
		json_decref(root);
		return false;
	}
	(*hold)->root = root;
	return true;
}

void
summary_release(struct summary_hold *hold)
{
	if (hold == NULL)
		return;
	json_decref(hold->root);
	free(hold);
}
