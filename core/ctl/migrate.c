/*
 * The numbered scripts of db/schema, embedded in the program: each runs once, in order, in a transaction of its own, and is
 * recorded with the hash of its text. A script that has changed since, or that comes late, is refused: the
 * database would no longer be what its numbers say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

static const struct script { int number; const char *name, *text; } scripts[] = {
#define X(number, name, text) { number, name, text },
#include "gen/schema.inc"
#undef X
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

struct applied { int number; char sha256[65]; };
struct record { struct applied *at; size_t n; bool exists; };

static void
hash_of(const char *text, char out[65])
{
	unsigned char digest[32];

	EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void
exists_row(void *ctx, const struct db_row *r)
{
	((struct record *)ctx)->exists = db_row_bool(r, 0);
}

static void
applied_row(void *ctx, const struct db_row *r)
{
	struct record *rec = ctx;
	struct applied *at = realloc(rec->at, (rec->n + 1) * sizeof *at);

	if (at == NULL)
		return;
	rec->at = at;
	rec->at[rec->n].number = (int)db_row_int(r, 0);
	snprintf(rec->at[rec->n++].sha256, sizeof at->sha256, "%s", db_row_text(r, 1, NULL));
}

static const struct script *
script_of(int number)
{
	for (size_t i = 0; i < SCRIPTS; i++)
		if (scripts[i].number == number)
			return &scripts[i];
	return NULL;
}

static bool
is_applied(const struct record *rec, int number)
{
	for (size_t i = 0; i < rec->n; i++)
		if (rec->at[i].number == number)
			return true;
	return false;
}

/* Everything recorded must be ours and unchanged, and nothing of ours may be missing below it. */
static bool
check(const struct record *rec, struct err *e)
{
	int last = rec->n > 0 ? rec->at[rec->n - 1].number : -1;
	char sha256[65];

	for (size_t i = 0; i < rec->n; i++) {
		const struct script *s = script_of(rec->at[i].number);

		if (s == NULL)
			return err_set(e, ERR_CONFLICT, NULL, "the database has script %04d, which this program does not know: it is "
			    "newer than the program", rec->at[i].number);
		hash_of(s->text, sha256);
		if (strcmp(sha256, rec->at[i].sha256) != 0)
			return err_set(e, ERR_CONFLICT, NULL, "script %04d_%s has changed since it was applied", s->number, s->name);
	}
	for (size_t i = 0; i < SCRIPTS; i++)
		if (scripts[i].number < last && !is_applied(rec, scripts[i].number))
			return err_set(e, ERR_CONFLICT, NULL, "script %04d_%s comes too late: %04d has been applied", scripts[i].number,
			    scripts[i].name, last);
	return true;
}

static bool
apply(struct sync *db, const struct script *s, struct err *e)
{
	char number[16], sha256[65], message[sizeof e->message];
	struct db_param params[] = { DB_TEXT(number), DB_TEXT(s->name), DB_TEXT(sha256) };
	struct err ignored;

	snprintf(number, sizeof number, "%d", s->number);
	hash_of(s->text, sha256);
	if (sync_script(db, "BEGIN", e) && sync_script(db, s->text, e) &&
	    sync_run(db, SQL_MIGRATION_ADD, params, 3, NULL, NULL, e) && sync_script(db, "COMMIT", e))
		return true;
	sync_script(db, "ROLLBACK", &ignored);
	snprintf(message, sizeof message, "%s", e->message);
	return err_set(e, e->code, e->field, "%04d_%s, line %d: %s", s->number, s->name, e->line, message);
}

static bool
migrate_all(struct ctl *ctl, struct sync *db, struct record *rec, struct err *e)
{
	int done = 0;

	if (!sync_run(db, SQL_MIGRATION_LOCK, NULL, 0, NULL, NULL, e) ||
	    !sync_run(db, SQL_MIGRATION_TABLE, NULL, 0, exists_row, rec, e) ||
	    (rec->exists && !sync_run(db, SQL_MIGRATION_LIST, NULL, 0, applied_row, rec, e)) || !check(rec, e))
		return false;
	for (size_t i = 0; i < SCRIPTS; i++) {
		json_t *row;

		if (is_applied(rec, scripts[i].number))
			continue;
		if (!apply(db, &scripts[i], e))
			return false;
		row = json_pack("{s:i, s:s}", "number", scripts[i].number, "name", scripts[i].name);
		if (ctl->json)
			print_row(ctl, NULL, row);
		else
			print_said(ctl, "%04d %s", scripts[i].number, scripts[i].name);
		json_decref(row);
		done++;
	}
	if (done == 0)
		print_said(ctl, "nothing to do: the database is at %04d", scripts[SCRIPTS - 1].number);
	return true;
}

/* What somebody without the right is told; a script that got as far as being refused is named. */
static void
not_the_owner(struct err *e)
{
	char why[sizeof e->message];

	snprintf(why, sizeof why, "%s", e->message);
	if (strncmp(why, "permission denied for ", 22) == 0)
		err_set(e, ERR_FORBIDDEN, NULL, "forbidden: only the owner of the database can migrate");
	else
		err_set(e, ERR_FORBIDDEN, NULL, "forbidden: only the owner of the database can migrate (%.180s)", why);
}

static int
migrate(struct ctl *ctl, const struct ctl_args *a)
{
	struct record rec = { 0 };
	struct err e;
	int status;
	struct sync *db = ctl_db_patient(ctl, 0, &status); /* it may take as long as it takes */
	struct db_param params[] = { DB_TEXT(ctl_opt(a, "centre")), DB_TEXT(ctl_opt(a, "time-zone")) };

	if (db == NULL)
		return status;
	status = EXIT_DONE;
	if (!sync_run(db, SQL_MIGRATION_SETTINGS, params, 2, NULL, NULL, &e) || !migrate_all(ctl, db, &rec, &e)) {
		if (e.code == ERR_FORBIDDEN)
			not_the_owner(&e);
		status = ctl_fail_database(&e);
	}
	free(rec.at);
	return status;
}

static const struct ctl_option options[] = {
	{ "centre", "NAME", "name of the centre, for a new database", WORDS_NONE },
	{ "time-zone", "ZONE", "its IANA time zone, for a new database (Asia/Shanghai)", WORDS_NONE },
	{ NULL, NULL, NULL, WORDS_NONE }
};

const struct command migrate_commands[] = {
	{ "migrate", "", "bring the database to what this program expects", options, 0, 0, WORDS_NONE, migrate },
	{ .name = NULL }
};
