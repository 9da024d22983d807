/*
 * fenboctl import appeals: NDJSON or CSV through fenbod's front door, batch by batch. A row that is told to come again is sent
 * again; everything else is final, row by row. CSV becomes the NDJSON of the contract (table.c).
 */
#include "core/ctl/appeals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/ctl/print.h"
#include "core/feed/call.h"

enum { BATCH_LINES = 500, BATCH_BYTES = 1 << 20, TRIES = 60, FILE_MAX = 1 << 30 };

struct line { const char *bytes; size_t len; int number; };

struct import {
	struct ctl *ctl;
	struct call *call;
	char *key;
	size_t created, duplicate, quarantined;
	struct line batch[BATCH_LINES];
	int lines;
	size_t bytes;
};

static void
wait_s(int seconds)
{
	struct timespec t = { seconds, 0 };

	nanosleep(&t, NULL);
}

static void
say_row(struct import *im, const struct line *line, json_t *o, const char *status)
{
	const char *field = json_string_value(json_object_get(o, "field"));
	const char *error = json_string_value(json_object_get(o, "error"));
	const char *message = json_string_value(json_object_get(o, "message"));

	im->created += strcmp(status, "created") == 0;
	im->duplicate += strcmp(status, "duplicate") == 0;
	im->quarantined += strcmp(status, "quarantined") == 0;
	json_object_set_new(o, "line", json_integer(line->number));
	if (im->ctl->json)
		print_row(im->ctl, NULL, o);
	if (strcmp(status, "quarantined") == 0)
		fprintf(stderr, "fenboctl: line %d is quarantined: %s%s%s %s\n", line->number, field != NULL ? field : "",
		    field != NULL ? ": " : "", error != NULL ? error : "", message != NULL ? message : "");
}

/* Take the answer's lines; what must come again stays in the batch. */
static bool
take_answer(struct import *im, const char *body, struct err *e)
{
	struct line again[BATCH_LINES];
	int left = 0, at = 0;

	for (const char *end; *body != '\0'; body = *end != '\0' ? end + 1 : end) {
		json_t *o;
		const char *status;

		end = body + strcspn(body, "\n");
		o = json_loadb(body, (size_t)(end - body), 0, NULL);
		if (o == NULL)
			continue;
		status = json_string_value(json_object_get(o, "status"));
		if (at >= im->lines || status == NULL) {
			json_decref(o);
			return err_set(e, ERR_INTERNAL, NULL, "fenbod's answer is not understood");
		}
		if (strcmp(status, "retry") == 0)
			again[left++] = im->batch[at];
		else
			say_row(im, &im->batch[at], o, status);
		json_decref(o);
		at++;
	}
	if (at != im->lines)
		return err_set(e, ERR_INTERNAL, NULL, "fenbod answered %d of %d lines", at, im->lines);
	memcpy(im->batch, again, (size_t)left * sizeof *again);
	im->lines = left;
	return true;
}

/* Send until nothing is left of the batch. A lost answer is no harm: what was taken in is a duplicate the second time. */
static bool
send_batch(struct import *im, struct err *e)
{
	for (int tries = 0; im->lines > 0 && tries < TRIES; tries++) {
		struct buf body = { 0 };
		struct client_request request = { .method = "POST", .path = "/v1/appeals", .bearer = im->key,
			.deadline_ms = (int)im->ctl->conf.fenbod_timeout,
			.type = "application/x-ndjson" };
		struct call_answer answer;
		bool ok;

		for (int i = 0; i < im->lines; i++) {
			buf_add(&body, im->batch[i].bytes, im->batch[i].len);
			buf_putc(&body, '\n');
		}
		request.body = body.data;
		request.body_len = body.len;
		ok = call_send(im->call, &request, &answer, e);
		buf_free(&body);
		if (!ok)
			return false;
		if (answer.status == 429 || answer.status == 503)
			wait_s(answer.retry_after_s > 0 ? answer.retry_after_s : 1);
		else if (!(ok = call_answer_ok(&answer, e) && take_answer(im, answer.body, e))) {
			call_answer_free(&answer);
			return false;
		} else if (im->lines > 0)
			wait_s(1);
		call_answer_free(&answer);
	}
	im->bytes = 0;
	return im->lines == 0 || err_set(e, ERR_TOO_MANY, NULL, "fenbod takes nothing more in; what came before line %d is done",
	    im->batch[0].number);
}

static bool
add_line(struct import *im, const char *bytes, size_t len, int number, struct err *e)
{
	if (im->lines > 0 && (im->lines == BATCH_LINES || im->bytes + len > BATCH_BYTES) && !send_batch(im, e))
		return false;
	im->batch[im->lines++] = (struct line){ bytes, len, number };
	im->bytes += len;
	return true;
}

static bool
send_lines(struct import *im, const char *text, struct err *e)
{
	int number = 1;

	for (const char *end; *text != '\0'; text = *end != '\0' ? end + 1 : end, number++) {
		size_t len;

		end = text + strcspn(text, "\n");
		len = (size_t)(end - text);
		if (len > 0 && text[len - 1] == '\r')
			len--;
		if (strspn(text, " \t") < len && !add_line(im, text, len, number, e))
			return false;
	}
	return send_batch(im, e);
}

static bool
read_all(FILE *f, struct buf *out)
{
	char chunk[65536];
	size_t n;

	out->limit = FILE_MAX;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	return !out->failed && !ferror(f);
}

/* Reading the database is needed for nothing else here, so it is opened only when a time without offset comes. */
static bool
join_zone(void *ctx, struct err *e)
{
	struct ctl *ctl = ctx;
	int status;

	if (ctl_db(ctl, &status) == NULL)
		return err_set(e, status == EXIT_UNREACHABLE ? ERR_UNAVAILABLE : ERR_FORBIDDEN, NULL, "no database");
	return ctl->zoned || err_set(e, ERR_FORBIDDEN, NULL, "no time zone");
}

/* The whole file; as it is for NDJSON (fenbod keeps the original bytes of a bad line), as NDJSON when it is CSV. */
static bool
load(struct ctl *ctl, const char *path, const char *map, struct buf *ndjson, struct err *e)
{
	const struct appeals_zone zone = { join_zone, ctl };
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	struct buf bytes = { 0 };
	size_t len = strlen(path), skip;
	bool ok, csv;

	if (f == NULL)
		return err_set(e, ERR_NOT_FOUND, "file", "%s: %m", path);
	ok = read_all(f, &bytes);
	if (f != stdin)
		fclose(f);
	if (!ok) {
		buf_free(&bytes);
		return err_set(e, ERR_TOO_LARGE, "file", "%s cannot be read whole", path);
	}
	skip = strncmp(buf_text(&bytes), "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	skip += strspn(buf_text(&bytes) + skip, " \t\r\n");
	csv = map != NULL || (len > 4 && strcmp(path + len - 4, ".csv") == 0) || (skip < bytes.len && bytes.data[skip] != '{');
	if (!csv) {
		*ndjson = bytes;
		return true;
	}
	ok = appeals_of_csv(path, buf_text(&bytes), bytes.len, map, &zone, ndjson, e);
	buf_free(&bytes);
	return ok;
}

static int
import_appeals(struct ctl *ctl, const struct ctl_args *a)
{
	struct import im = { .ctl = ctl };
	struct buf ndjson = { 0 };
	struct err e;
	int status;

	if ((im.key = ctl_key(ctl, ctl_opt(a, "key-file"), &status)) == NULL || (im.call = ctl_fenbod(ctl, &status)) == NULL) {
		free(im.key);
		return status;
	}
	status = EXIT_DONE;
	if (!load(ctl, a->word[0], ctl_opt(a, "map"), &ndjson, &e))
		status = ctl_fail(&e);
	else if (!send_lines(&im, buf_text(&ndjson), &e))
		status = ctl_fail_fenbod(ctl, &e);
	if (!ctl->json && im.created + im.duplicate + im.quarantined > 0)
		printf("%zu created, %zu known already, %zu quarantined\n", im.created, im.duplicate, im.quarantined);
	buf_free(&ndjson);
	free(im.key);
	return status == EXIT_DONE && im.quarantined > 0 ? EXIT_REFUSED : status;
}

static const struct ctl_option options[] = {
	{ "key-file", "FILE", "file with the channel's API key", WORDS_FILE },
	{ "map", "COL=FIELD,…", "which column of a CSV file is which field of an appeal; others go by their own name", WORDS_NONE },
	{ .name = NULL }
};

const struct command appeals_commands[] = {
	{ "import appeals", "FILE|-", "send appeals in through fenbod, from NDJSON or CSV", options, 1, 1, WORDS_FILE, import_appeals },
	{ .name = NULL }
};
