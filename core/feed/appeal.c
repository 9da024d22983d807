#include "core/feed/appeal.h"

#include <math.h>
#include <string.h>
#include <jansson.h>
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"

bool appeal_field(struct arena *a, const char *field, const char *value, size_t len, size_t most, bool many_lines,
    const char **out, struct err *e)
{
	struct buf b = { 0 };
	size_t bad = utf8_first_bad(value, len), count;

	if (bad < len)
		return err_set(e, ERR_INVALID, field, "byte %zu is not UTF-8", bad + 1);
	clean_text(&b, value, len, many_lines ? CLEAN_TEXT : CLEAN_LINE);
	count = utf8_count(buf_text(&b), b.len);
	*out = arena_strndup(a, buf_text(&b), b.len);
	buf_free(&b);
	return count <= most || err_set(e, ERR_TOO_LARGE, field, "%zu characters, at most %zu are taken", count, most);
}

bool appeal_identifier(struct arena *a, const char *field, const char *value, size_t len, size_t most, const char **out,
    struct err *e)
{
	if (!utf8_valid(value, len))
		return err_set(e, ERR_INVALID, field, "this is not UTF-8");
	if (len > 0 && !clean_is(value, len, CLEAN_LINE))
		return err_set(e, ERR_INVALID, field, "control characters, or blanks at the ends, in an identifier");
	if (utf8_count(value, len) > most)
		return err_set(e, ERR_TOO_LARGE, field, "longer than %zu characters", most);
	*out = arena_strndup(a, value, len);
	return true;
}

bool appeal_place(double lat, double lng, struct err *e)
{
	if (!isfinite(lat) || lat < -90 || lat > 90)
		return err_set(e, ERR_INVALID, "lat", "a latitude lies between -90 and 90");
	if (!isfinite(lng) || lng < -180 || lng > 180)
		return err_set(e, ERR_INVALID, "long", "a longitude lies between -180 and 180");
	return true;
}

/* A member that must be a string; absent and null are "". */
static bool text_of(const json_t *o, const char *field, const char **s, size_t *len, struct err *e)
{
	const json_t *v = json_object_get(o, field);

	*s = "";
	*len = 0;
	if (v == NULL || json_is_null(v))
		return true;
	if (!json_is_string(v))
		return err_set(e, ERR_INVALID, field, "a text is expected");
	*s = json_string_value(v);
	*len = json_string_length(v);
	return true;
}

static bool clean_of(struct arena *a, const json_t *o, const char *field, size_t most, const char **out, struct err *e)
{
	const char *s;
	size_t len;

	return text_of(o, field, &s, &len, e) && appeal_field(a, field, s, len, most, !strcmp(field, "text"), out, e);
}

static bool identifier_of(struct arena *a, const json_t *o, const char *field, size_t most, const char **out, struct err *e)
{
	const char *s;
	size_t len;

	return text_of(o, field, &s, &len, e) && appeal_identifier(a, field, s, len, most, out, e);
}

static bool flag_of(const json_t *o, const char *field, bool *out, struct err *e)
{
	const json_t *v = json_object_get(o, field);

	*out = json_is_true(v);
	return v == NULL || json_is_null(v) || json_is_boolean(v) || err_set(e, ERR_INVALID, field, "true or false is expected");
}

static bool place_of(const json_t *o, struct appeal_in *out, struct err *e)
{
	const json_t *lat = json_object_get(o, "lat"), *lng = json_object_get(o, "long");
	bool has_lat = lat && !json_is_null(lat), has_long = lng && !json_is_null(lng);

	if (!has_lat && !has_long)
		return true;
	if (!has_lat || !has_long)
		return err_set(e, ERR_MISSING, has_lat ? "long" : "lat", "lat and long are given together");
	if (!json_is_number(lat) || !json_is_number(lng))
		return err_set(e, ERR_INVALID, json_is_number(lat) ? "long" : "lat", "a number is expected");
	out->located = true;
	out->lat = json_number_value(lat);
	out->lng = json_number_value(lng);
	return appeal_place(out->lat, out->lng, e);
}

static bool time_of(const json_t *o, const char *field, usec_t *out, struct err *e)
{
	const char *s;
	size_t len;

	if (!text_of(o, field, &s, &len, e))
		return false;
	return len == 0 || clock_parse(s, len, out) || err_set(e, ERR_INVALID, field, "RFC 3339 with offset is expected");
}

static bool members(struct arena *a, const json_t *o, const struct appeal_limits *limits, struct appeal_in *out, struct err *e)
{
	if (!identifier_of(a, o, "external_id", APPEAL_ID, &out->external_id, e) ||
	    !clean_of(a, o, "text", limits->text, &out->text, e) || !clean_of(a, o, "title", APPEAL_TITLE, &out->title, e) ||
	    !time_of(o, "received_at", &out->received_at, e) || !clean_of(a, o, "address", APPEAL_ADDRESS, &out->address, e) ||
	    !place_of(o, out, e) || !clean_of(a, o, "name", APPEAL_NAME, &out->name, e) ||
	    !clean_of(a, o, "phone", APPEAL_PHONE, &out->phone, e) || !clean_of(a, o, "type", APPEAL_WORD, &out->type, e) ||
	    !identifier_of(a, o, "duty_item", APPEAL_WORD, &out->duty_item, e) ||
	    !flag_of(o, "confidential", &out->confidential, e) || !flag_of(o, "reply_wanted", &out->reply_wanted, e))
		return false;
	out->text_len = strlen(out->text);
	if (out->external_id[0] == '\0')
		return err_set(e, ERR_MISSING, "external_id", "a required value is missing");
	if (out->text_len == 0)
		return err_set(e, ERR_MISSING, "text", "a required value is missing");
	return true;
}

bool appeal_parse(struct arena *a, const char *line, size_t len, const struct appeal_limits *limits, struct appeal_in *out,
    struct err *e)
{
	json_error_t why;
	json_t *o;
	bool ok;

	*out = (struct appeal_in){ 0 };
	if (len > limits->line_bytes)
		return err_set(e, ERR_TOO_LARGE, "", "a line has at most %zu bytes", limits->line_bytes);
	o = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	if (o == NULL)
		return err_set(e, ERR_INVALID, "", "not JSON: %.150s at byte %d", why.text, why.position);
	ok = json_is_object(o) ? members(a, o, limits, out, e) : err_set(e, ERR_INVALID, "", "an object is expected");
	json_decref(o);
	return ok;
}
