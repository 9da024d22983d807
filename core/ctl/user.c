/*
 * People. A password is turned into a SCRAM verifier here and never leaves this program.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <libpq-fe.h>
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

enum { PASSWORD_MAX = 256, PASSWORD_MIN = 8 };

static bool
read_line(FILE *f, char *out, size_t size, struct err *e)
{
	if (fgets(out, (int)size, f) == NULL)
		return err_set(e, ERR_USAGE, "password", "there is no password");
	out[strcspn(out, "\r\n")] = '\0';
	return true;
}

static void
interrupted(int number)
{
	(void)number; /* reading ends, and the terminal gets its echo back */
}

static bool
ask(const char *prompt, char *out, size_t size, struct err *e)
{
	FILE *tty = fopen("/dev/tty", "r+");
	struct sigaction on = { .sa_handler = interrupted }, was;
	struct termios before, quiet;
	bool ok;

	if (tty == NULL || tcgetattr(fileno(tty), &before) != 0) {
		if (tty != NULL)
			fclose(tty);
		return err_set(e, ERR_USAGE, "password", "there is no terminal to ask for the password on: --password-file names a file with it");
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	sigaction(SIGINT, &on, &was);
	tcsetattr(fileno(tty), TCSAFLUSH, &quiet);
	fputs(prompt, tty);
	fflush(tty);
	ok = read_line(tty, out, size, e);
	tcsetattr(fileno(tty), TCSAFLUSH, &before);
	sigaction(SIGINT, &was, NULL);
	fputc('\n', tty);
	fclose(tty);
	return ok;
}

static bool
password_of(const struct ctl_args *a, char *out, size_t size, struct err *e)
{
	const char *path = ctl_opt(a, "password-file");
	char again[PASSWORD_MAX];
	FILE *f;
	bool ok;

	if (path != NULL) {
		if ((f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r")) == NULL)
			return err_set(e, ERR_NOT_FOUND, "password-file", "%s: %m", path);
		ok = read_line(f, out, size, e);
		if (f != stdin)
			fclose(f);
	} else
		ok = ask("Password: ", out, size, e) && ask("Again: ", again, sizeof again, e) &&
		    (strcmp(out, again) == 0 || err_set(e, ERR_USAGE, "password", "the two are not the same"));
	if (ok && strlen(out) < PASSWORD_MIN)
		ok = err_set(e, ERR_INVALID, "password", "a password has at least %d characters", PASSWORD_MIN);
	return ok;
}

/* The verifier of the password asked for; PQfreemem. NULL with *status set. */
static char *
verifier_of(struct ctl *ctl, const struct ctl_args *a, int *status)
{
	char password[PASSWORD_MAX], *verifier = NULL;
	struct err e;
	struct sync *db = ctl_db(ctl, status);

	if (db == NULL)
		return NULL;
	if (!password_of(a, password, sizeof password, &e) || (verifier = sync_verifier(db, a->word[0], password, &e)) == NULL)
		*status = ctl_fail(&e);
	explicit_bzero(password, sizeof password);
	return verifier;
}

static int
add(struct ctl *ctl, const struct ctl_args *a)
{
	const char *person = ctl_opt(a, "person");
	int status, crew = 0;
	char *verifier, crew_text[8];
	struct err e;

	if (ctl_opt(a, "role") == NULL)
		return ctl_usage("user add: --role says what the account may do");
	if (!ctl_opt_int(a, "crew", 1, 99, &crew, &e))
		return ctl_fail(&e);
	if ((verifier = verifier_of(ctl, a, &status)) == NULL)
		return status;
	snprintf(crew_text, sizeof crew_text, "%d", crew);
	struct db_param params[] = { DB_TEXT(a->word[0]), DB_TEXT(ctl_opt(a, "role")), DB_TEXT(person != NULL ? person : a->word[0]),
		DB_TEXT(ctl_opt(a, "desk")), DB_TEXT(crew > 0 ? crew_text : NULL), DB_TEXT(verifier) };
	status = ctl_do(ctl, SQL_USER_ADD, params, 6, "added");
	PQfreemem(verifier);
	return status;
}

static int
password(struct ctl *ctl, const struct ctl_args *a)
{
	int status;
	char *verifier = verifier_of(ctl, a, &status);

	if (verifier == NULL)
		return status;
	status = ctl_do(ctl, SQL_USER_PASSWORD, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(verifier) }, 2, "changed");
	PQfreemem(verifier);
	return status;
}

static int
role(struct ctl *ctl, const struct ctl_args *a)
{
	const char *to = ctl_opt(a, "role");

	if (to == NULL && a->words == 2)
		to = a->word[1];
	if (to == NULL)
		return ctl_usage("user role: which one?");
	return ctl_do(ctl, SQL_USER_ROLE, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(to) }, 2, "changed");
}

static int
disable(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_do(ctl, SQL_USER_DISABLE, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, "disabled");
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "name", "account", 20, false }, { "role", "role", 10, false }, { "person", "person", 16, false },
		{ "desk", "desk", 12, false }, { "disabled_at", "disabled", 0, false }, { .key = NULL }
	};

	(void)a;
	return ctl_list(ctl, SQL_USER_LIST, NULL, 0, columns);
}

static const struct ctl_option add_options[] = {
	{ "role", "ROLE", "dispatcher, supervisor, admin, unit or feed", WORDS_ROLE },
	{ "desk", "UNIT", "the desk somebody sits at; without it the centre", WORDS_NONE },
	{ "person", "NAME", "shown on screens", WORDS_NONE },
	{ "crew", "N", "crew, 1 to 99", WORDS_NONE },
	{ "password-file", "FILE", "first line is the password, instead of asking", WORDS_FILE }, { .name = NULL }
};
static const struct ctl_option password_options[] = {
	{ "password-file", "FILE", "first line is the password, instead of asking", WORDS_FILE }, { .name = NULL }
};
static const struct ctl_option role_options[] = { { "role", "ROLE", "the new role", WORDS_ROLE }, { .name = NULL } };

const struct command user_commands[] = {
	{ "user add", "NAME", "make an account", add_options, 1, 1, WORDS_NONE, add },
	{ "user role", "NAME [ROLE]", "give an account another role", role_options, 1, 2, WORDS_NONE, role },
	{ "user password", "NAME", "give an account a new password", password_options, 1, 1, WORDS_NONE, password },
	{ "user disable", "NAME", "lock an account out", NULL, 1, 1, WORDS_NONE, disable },
	{ "user list", "", "every account", NULL, 0, 0, WORDS_NONE, list },
	{ .name = NULL }
};
