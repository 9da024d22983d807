#include "core/ctl/lessons.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/ctl/print.h"

enum { PAGE = 500, PART = 1 << 20, MODEL_MOST = 1 << 30 };

/* --- lessons ------------------------------------------------------------------------------------------------------------- */

struct reading { struct lessons *to; int64_t upto; size_t rows; bool end; };

/* The one taken back, if it was read: they are in order. */
static void
take_back(struct lessons *l, int64_t seq)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (l->at[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < l->n && l->at[low].seq == seq)
		l->at[low].lesson.weight = 0;
}

enum { SEQ, KIND, OF_SEQ, FORGOTTEN, NO, VERSION, UNIT, UNIT_NAME, ITEM, ITEM_NAME, WEIGHT, TITLE, PLACE, CHANNEL, TYPE, TEXT, RANK, AT };

static void
on_step(void *ctx, const struct db_row *r)
{
	struct reading *g = ctx;
	struct lessons *l = g->to;
	struct arena *a = &l->arena;
	int64_t seq = db_row_int(r, SEQ), forgotten = db_row_int(r, FORGOTTEN);
	size_t len;
	const char *text = db_row_text(r, TEXT, &len);

	g->rows++;
	if (g->upto > 0 && seq > g->upto) {
		g->end = true;
		return;
	}
	l->last = seq;
	if (!db_row_null(r, OF_SEQ)) {
		take_back(l, db_row_int(r, OF_SEQ));
		return;
	}
	/* A step taken back later than `upto` has no text any more: of that time it cannot be told. */
	if (forgotten > 0 || db_row_real(r, WEIGHT) <= 0)
		return;
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 1024;
		if ((l->at = realloc(l->at, l->room * sizeof *l->at)) == NULL)
			abort();
	}
	l->at[l->n++] = (struct decided){ .seq = seq, .at = db_row_time(r, AT), .lesson = { .no = db_row_int(r, NO),
	    .weight = (float)db_row_real(r, WEIGHT), .unit = arena_strdup(a, db_row_text(r, UNIT, NULL)),
	    .unit_name = arena_strdup(a, db_row_text(r, UNIT_NAME, NULL)), .item = arena_strdup(a, db_row_text(r, ITEM, NULL)),
	    .item_name = arena_strdup(a, db_row_text(r, ITEM_NAME, NULL)),
	    .what = { .text = arena_strndup(a, text, len), .len = len, .title = arena_strdup(a, db_row_text(r, TITLE, NULL)),
	        .place = arena_strdup(a, db_row_text(r, PLACE, NULL)), .channel = arena_strdup(a, db_row_text(r, CHANNEL, NULL)),
	        .type = arena_strdup(a, db_row_text(r, TYPE, NULL)) } } };
}

bool
lessons_load(struct ctl *ctl, struct lessons *l, int64_t upto, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct reading g = { .to = l, .upto = upto, .rows = PAGE };
	size_t kept = 0;
	char after[24];
	struct err e;

	if (db == NULL)
		return false;
	while (g.rows == PAGE && !g.end) {
		g.rows = 0;
		snprintf(after, sizeof after, "%" PRId64, l->last);
		if (!sync_run(db, SQL_LESSONS, (struct db_param[]){ DB_TEXT(after), DB_TEXT("500") }, 2, on_step, &g, &e)) {
			*status = ctl_fail_database(&e);
			return false;
		}
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i].lesson.weight > 0)
			l->at[kept++] = l->at[i];
	l->n = kept;
	return true;
}

void
lessons_free(struct lessons *l)
{
	free(l->at);
	arena_free(&l->arena);
}

/* --- models -------------------------------------------------------------------------------------------------------------- */

static void
on_current(void *ctx, const struct db_row *r)
{
	struct stored *s = ctx;

	s->number = (int)db_row_int(r, 0);
	s->checkpoint = strcmp(db_row_text(r, 1, NULL), "checkpoint") == 0;
	s->base = (int)db_row_int(r, 2);
	s->seq = db_row_int(r, 4);
	snprintf(s->sha, sizeof s->sha, "%s", db_row_text(r, 5, NULL));
	s->bytes = db_row_int(r, 6);
}

bool
stored_current(struct ctl *ctl, bool checkpoints, struct stored *out, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct err e;

	if (db == NULL)
		return false;
	*out = (struct stored){ .number = -1 };
	if (sync_run(db, SQL_MODEL_CURRENT, (struct db_param[]){ DB_TEXT(checkpoints ? "t" : "f") }, 1, on_current, out, &e))
		return true;
	*status = ctl_fail_database(&e);
	return false;
}

struct part { struct buf *out; bool found; };

static unsigned
digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void
on_part(void *ctx, const struct db_row *r)
{
	struct part *p = ctx;
	size_t len;
	const char *hex = db_row_text(r, 0, &len);

	p->found = true;
	for (size_t i = 2; i + 1 < len; i += 2)
		buf_putc(p->out, (char)(digit(hex[i]) << 4 | digit(hex[i + 1])));
}

struct listed { int number; char sha[65]; };

static void
on_listed(void *ctx, const struct db_row *r)
{
	struct listed *want = ctx;
	json_t *o = json_loads(db_row_text(r, 0, NULL), 0, NULL);
	const char *sha = json_string_value(json_object_get(o, "sha256"));

	if (sha && json_integer_value(json_object_get(o, "number")) == want->number)
		snprintf(want->sha, sizeof want->sha, "%s", sha);
	json_decref(o);
}

/* What was stored is what was made. */
static bool
is_sound(struct ctl *ctl, int number, const struct buf *bytes, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct listed is = { .number = number };
	char sha[65];
	struct err e;

	if (db == NULL)
		return false;
	if (!sync_run(db, SQL_MODEL_LIST, NULL, 0, on_listed, &is, &e)) {
		*status = ctl_fail_database(&e);
		return false;
	}
	stored_sha(bytes, sha);
	if (*is.sha == '\0' || strcmp(sha, is.sha) == 0) /* a checkpoint of another base is not listed */
		return true;
	err_set(&e, ERR_CONFLICT, "model", "the bytes of model %d are damaged: they are not what its sha256 says", number);
	*status = ctl_fail(&e);
	return false;
}

bool
stored_bytes(struct ctl *ctl, int number, struct buf *out, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct part p = { out, true };
	char n[16], i[16];
	struct err e;

	if (db == NULL)
		return false;
	out->limit = MODEL_MOST;
	snprintf(n, sizeof n, "%d", number);
	for (int part = 0; number > 0 && p.found; part++) {
		p.found = false;
		snprintf(i, sizeof i, "%d", part);
		if (!sync_run(db, SQL_MODEL_PART, (struct db_param[]){ DB_TEXT(n), DB_TEXT(i) }, 2, on_part, &p, &e)) {
			*status = ctl_fail_database(&e);
			return false;
		}
	}
	if (number == 0)
		return true;
	if (out->len > 0 && !out->failed)
		return is_sound(ctl, number, out, status);
	err_set(&e, ERR_NOT_FOUND, "model", "there is no model %d", number);
	*status = ctl_fail(&e);
	return false;
}

struct model *
stored_model(struct ctl *ctl, int number, int *status)
{
	struct buf bytes = { 0 };
	struct model *m = NULL;
	struct err e;

	if (stored_bytes(ctl, number, &bytes, status) && (m = model_load(buf_text(&bytes), bytes.len, &e)) == NULL)
		*status = ctl_fail(&e);
	buf_free(&bytes);
	return m;
}

void
stored_sha(const struct buf *bytes, char out[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	out[0] = '\0';
	if (EVP_Digest(bytes->data, bytes->len, digest, &len, EVP_sha256(), NULL))
		for (unsigned i = 0; i < len; i++)
			snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void
on_number(void *ctx, const struct db_row *r)
{
	*(int *)ctx = (int)db_row_int(r, 0);
}

static bool
put_parts(struct sync *db, int number, const struct buf *bytes, struct err *e)
{
	char n[16], i[16];

	snprintf(n, sizeof n, "%d", number);
	for (size_t at = 0; at < bytes->len; at += PART) {
		size_t len = bytes->len - at < PART ? bytes->len - at : PART;

		snprintf(i, sizeof i, "%zu", at / PART);
		if (!sync_run(db, SQL_MODEL_PUT_PART, (struct db_param[]){ DB_TEXT(n), DB_TEXT(i),
		        { .text = bytes->data + at, .len = len, .binary = true } }, 3, NULL, NULL, e))
			return false;
	}
	return sync_run(db, SQL_MODEL_DONE, (struct db_param[]){ DB_TEXT(n) }, 1, NULL, NULL, e);
}

static bool
put_voices(struct sync *db, int number, const char *seq, const struct blend *voices, struct err *e)
{
	struct buf b = { 0 };
	char n[16];
	bool ok;

	blend_save(voices, &b);
	snprintf(n, sizeof n, "%d", number);
	ok = sync_run(db, SQL_VOICES_PUT, (struct db_param[]){ DB_TEXT(n), DB_TEXT(seq), { .text = b.data, .len = b.len, .binary = true } }, 3,
	    NULL, NULL, e);
	buf_free(&b);
	return ok;
}

int
stored_put(struct ctl *ctl, const struct model *m, const struct blend *voices, const char *figures, const char *note, int *status)
{
	struct sync *db = ctl_db(ctl, status);
	struct buf bytes = { .limit = MODEL_MOST };
	char seq[24], size[24], sha[65];
	int number = -1;
	struct err e = { 0 };

	if (db == NULL)
		return -1;
	if (!model_save(m, &bytes))
		err_set(&e, ERR_INTERNAL, NULL, "out of memory");
	stored_sha(&bytes, sha);
	snprintf(seq, sizeof seq, "%" PRId64, m->seq);
	snprintf(size, sizeof size, "%zu", bytes.len);
	if (e.code == ERR_OK && (!sync_run(db, SQL_MODEL_PUT, (struct db_param[]){ DB_TEXT("base"), DB_TEXT(NULL), DB_TEXT(seq), DB_TEXT(sha),
	        DB_TEXT(size), DB_TEXT(figures), DB_TEXT(note) }, 7, on_number, &number, &e) ||
	    (voices && !put_voices(db, number, seq, voices, &e)) || !put_parts(db, number, &bytes, &e)))
		number = -1;
	buf_free(&bytes);
	if (number < 0)
		*status = ctl_fail_database(&e);
	return number;
}
