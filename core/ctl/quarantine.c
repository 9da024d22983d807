/*
 * What was refused at the door: list, look, put right and send in again, or drop. A retry goes through fenbod like
 * everything that comes in, with the channel's key; then the entry is settled with the case it became.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "conf/text.h"
#include "conf/value.h"
#include "core/appeal/number.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"
#include "core/feed/call.h"

static const struct column list_columns[] = {
	{ "id", "id", 8, true }, { "at", "when", 19, false }, { "channel", "channel", 10, false }, { "field", "field", 12, false },
	{ "error", "error", 10, false }, { "bytes", "bytes", 7, true }, { "message", "message", 0, false }, { .key = NULL }
};

static bool
entry_of(const struct ctl_args *a, int *status)
{
	int64_t n;

	if (value_int(a->word[0], &n) && n > 0)
		return true;
	*status = ctl_usage("%s is no number of a quarantined row", a->word[0]);
	return false;
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	int limit = 1000;
	char max[16];
	struct err e;

	if (!ctl_opt_int(a, "limit", 1, 100000, &limit, &e))
		return ctl_fail(&e);
	snprintf(max, sizeof max, "%d", limit);
	return ctl_list(ctl, SQL_QUARANTINE_LIST, (struct db_param[]){ DB_TEXT("0"), DB_TEXT(max) }, 2, list_columns);
}

/* The row as it came, decoded; free it. */
static char *
raw_of(const json_t *entry, size_t *len)
{
	const char *b64 = json_string_value(json_object_get(entry, "raw_b64"));
	size_t n = b64 != NULL ? strlen(b64) : 0;
	unsigned char *raw = malloc(n + 4);
	int got = raw != NULL && n > 0 ? EVP_DecodeBlock(raw, (const unsigned char *)b64, (int)n) : 0;

	*len = got > 0 ? (size_t)got : 0;
	for (size_t i = n; i > 0 && b64[i - 1] == '=' && *len > 0; i--)
		--*len; /* EVP_DecodeBlock counts the padding */
	if (raw != NULL)
		raw[*len] = '\0';
	return (char *)raw;
}

static json_t *
entry_json(struct ctl *ctl, const char *id, int *status)
{
	char *found = ctl_value(ctl, SQL_QUARANTINE_SHOW, (struct db_param[]){ DB_TEXT(id) }, 1, status);
	json_t *entry = found != NULL ? json_loads(found, 0, NULL) : NULL;

	free(found);
	return entry;
}

static int
show(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	json_t *entry;
	char *raw;
	size_t len;

	if (!entry_of(a, &status) || (entry = entry_json(ctl, a->word[0], &status)) == NULL)
		return status;
	raw = raw_of(entry, &len);
	if (ctl_opt(a, "raw") != NULL && raw != NULL)
		fwrite(raw, 1, len, stdout); /* the bytes themselves, to be put right in a file */
	else if (ctl->json)
		print_row(ctl, NULL, entry);
	else {
		json_object_del(entry, "raw_b64");
		print_row(ctl, NULL, entry);
		if (raw != NULL) {
			putchar('\n');
			print_text(raw, len);
		}
	}
	free(raw);
	json_decref(entry);
	return EXIT_DONE;
}

static int
drop(struct ctl *ctl, const struct ctl_args *a)
{
	int status;

	if (!entry_of(a, &status))
		return status;
	return ctl_do(ctl, SQL_QUARANTINE_DROP, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, "dropped");
}

/* Send one line in; the answer's only line as an object, NULL with *e set. */
static json_t *
send_in(struct call *call, const char *key, const char *line, size_t len, struct err *e)
{
	struct client_request request = { .method = "POST", .path = "/v1/appeals", .bearer = key, .type = "application/x-ndjson",
		.body = line, .body_len = len };
	struct call_answer answer;
	json_t *result = NULL;

	if (!call_send(call, &request, &answer, e))
		return NULL;
	if (call_answer_ok(&answer, e) && (result = json_loads(answer.body, JSON_DISABLE_EOF_CHECK, NULL)) == NULL)
		err_set(e, ERR_INTERNAL, NULL, "fenbod's answer is not understood");
	call_answer_free(&answer);
	return result;
}

/* An entry that is done with is not sent in again: the case it became would get a twin. */
static bool
still_waits(struct ctl *ctl, const char *id, const json_t *entry, int *status)
{
	const char *by = json_string_value(json_object_get(entry, "settled_by"));
	bool became = !json_is_null(json_object_get(entry, "no")); /* a case */
	json_t *o;
	struct err e;

	if (!json_is_string(json_object_get(entry, "settled_at")))
		return true;
	err_set(&e, ERR_IMPOSSIBLE, "id", "impossible: entry %s has been %s already by %s", id, became ? "settled" : "dropped",
	    by != NULL ? by : "somebody");
	o = json_pack("{s:O, s:b, s:s, s:s}", "id", json_object_get(entry, "id"), "ok", false, "error", err_name(e.code), "message", e.message);
	if (ctl->json)
		print_row(ctl, NULL, o);
	json_decref(o);
	*status = ctl_fail(&e);
	return false;
}

struct newest { int64_t id, bytes; };

static void
newest_row(void *ctx, const struct db_row *r)
{
	struct newest *newest = ctx;
	size_t len;
	const char *text = db_row_text(r, 0, &len);
	json_t *o = json_loadb(text, len, 0, NULL);
	int64_t id = json_integer_value(json_object_get(o, "id"));

	if (id > newest->id) {
		newest->id = id;
		newest->bytes = json_integer_value(json_object_get(o, "bytes"));
	}
	json_decref(o);
}

/* The newest entry after this one; its id stays 0 when there is none. */
static bool
newest_after(struct ctl *ctl, const char *id, struct newest *newest)
{
	char after[24];
	int64_t from;
	int status;
	struct sync *db = ctl_db(ctl, &status);
	struct err e;

	*newest = (struct newest){ 0, 0 };
	snprintf(after, sizeof after, "%s", id);
	do {
		from = newest->id;
		if (db == NULL || !sync_run(db, SQL_QUARANTINE_LIST, (struct db_param[]){ DB_TEXT(after), DB_TEXT("10000") }, 2,
		    newest_row, newest, &e))
			return false;
		snprintf(after, sizeof after, "%lld", (long long)newest->id);
	} while (newest->id > from);
	return true;
}

/* The door keeps what it refuses, also what it refused before. When the newest entry is this row once more, it goes. */
static void
drop_twin(struct ctl *ctl, const char *id, int64_t before, const struct buf *line)
{
	struct newest newest;
	char twin[24];
	json_t *entry;
	int status;
	char *raw;
	size_t len;
	struct err e;

	if (!newest_after(ctl, id, &newest) || newest.id <= before || newest.bytes != (int64_t)line->len)
		return;
	snprintf(twin, sizeof twin, "%lld", (long long)newest.id);
	if ((entry = entry_json(ctl, twin, &status)) == NULL)
		return;
	if ((raw = raw_of(entry, &len)) != NULL && len == line->len && memcmp(raw, line->data, len) == 0)
		sync_run(ctl->db, SQL_QUARANTINE_DROP, (struct db_param[]){ DB_TEXT(twin) }, 1, NULL, NULL, &e);
	free(raw);
	json_decref(entry);
}

static int
settle(struct ctl *ctl, const char *id, json_t *result)
{
	const char *status = json_string_value(json_object_get(result, "status"));
	const char *no = json_string_value(json_object_get(result, "id"));
	const char *message = json_string_value(json_object_get(result, "message"));
	struct err e;
	case_no number;
	char plain[14];

	if (ctl->json)
		print_row(ctl, NULL, result);
	if (no == NULL || !number_parse(no, strlen(no), &number)) {
		err_set(&e, ERR_INVALID, NULL, "%s is %s again: %s", id, status != NULL ? status : "refused",
		    message != NULL ? message : "see quarantine list");
		return ctl_fail(&e);
	}
	number_plain(number, plain);
	print_said(ctl, "%s: %s", status, no);
	return ctl_do(ctl, SQL_QUARANTINE_SETTLE, (struct db_param[]){ DB_TEXT(id), DB_TEXT(plain) }, 2, NULL);
}

static int
retry(struct ctl *ctl, const struct ctl_args *a)
{
	const char *file = ctl_opt(a, "file");
	int status;
	struct err e;
	struct err_list errs = { 0 };
	struct buf line = { 0 };
	json_t *entry = NULL, *result = NULL;
	struct call *call = NULL;
	struct newest before = { 0, 0 };
	char *key = NULL, *raw;
	size_t len;
	bool same = false; /* what is sent is what stands in the entry */

	if (!entry_of(a, &status) || (entry = entry_json(ctl, a->word[0], &status)) == NULL ||
	    !still_waits(ctl, a->word[0], entry, &status) ||
	    (key = ctl_key(ctl, ctl_opt(a, "key-file"), &status)) == NULL || (call = ctl_fenbod(ctl, &status)) == NULL)
		goto out;
	if (file != NULL)
		text_read(&line, file, 16 << 20, &errs);
	else if ((raw = raw_of(entry, &len)) != NULL) {
		buf_add(&line, raw, len);
		free(raw);
		same = newest_after(ctl, a->word[0], &before);
	}
	while (line.len > 0 && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
		line.data[--line.len] = '\0';
	if (!err_list_empty(&errs)) {
		err_set(&e, errs.items[0].err.code, "file", "%.120s %.120s", file, errs.items[0].err.message);
		status = ctl_fail(&e);
	}
	else if (line.len == 0 || memchr(line.data, '\n', line.len) != NULL)
		status = ctl_usage("one line of JSON is expected");
	else if ((result = send_in(call, key, line.data, line.len, &e)) == NULL)
		status = ctl_fail_fenbod(ctl, &e);
	else {
		if (same && json_object_get(result, "id") == NULL)
			drop_twin(ctl, a->word[0], before.id, &line);
		status = settle(ctl, a->word[0], result);
	}
out:
	err_list_free(&errs);
	buf_free(&line);
	free(key);
	json_decref(entry);
	json_decref(result);
	return status;
}

static const struct ctl_option list_options[] = { { "limit", "N", "at most so many (1000)", WORDS_NONE }, { .name = NULL } };
static const struct ctl_option show_options[] = { { "raw", NULL, "only the bytes as they came", WORDS_NONE }, { .name = NULL } };
static const struct ctl_option retry_options[] = {
	{ "file", "FILE", "the row put right, instead of as it came", WORDS_FILE },
	{ "key-file", "FILE", "key of the channel it came by", WORDS_FILE }, { .name = NULL }
};

const struct command quarantine_commands[] = {
	{ "quarantine list", "", "rows that were refused at the door", list_options, 0, 0, WORDS_NONE, list },
	{ "quarantine show", "N", "one of them, with the reason and the original bytes", show_options, 1, 1, WORDS_NONE, show },
	{ "quarantine retry", "N", "send it in again", retry_options, 1, 1, WORDS_NONE, retry },
	{ "quarantine drop", "N", "settle it without a case", NULL, 1, 1, WORDS_NONE, drop },
	{ .name = NULL }
};
