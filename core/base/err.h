/*
 * Errors as data. One row of the table is one error everybody may meet: the code that programs test, the HTTP
 * status the daemon answers with, the exit status fenboctl ends with, and a sentence for a person.
 * SQL functions raise the same codes, so an error keeps its name all the way from a trigger to the screen.
 */
#ifndef FENBO_BASE_ERR_H
#define FENBO_BASE_ERR_H

#include <stdbool.h>

/*   id             code             http exit  sentence */
#define ERR_TABLE(X) \
	X(OK,           "ok",             200, 0, "done") \
	X(USAGE,        "usage",          400, 2, "the call is not understood") \
	X(INVALID,      "invalid",        400, 1, "a value is not acceptable") \
	X(MISSING,      "missing",        400, 1, "a required value is missing") \
	X(UNKNOWN_KEY,  "unauthorized",   401, 1, "the key is unknown, revoked or missing") \
	X(FORBIDDEN,    "forbidden",      403, 1, "this is not within your rights") \
	X(NOT_FOUND,    "not_found",      404, 1, "there is no such thing, or you may not see it") \
	X(STALE,        "stale",          409, 1, "the case has moved on since you read it") \
	X(IMPOSSIBLE,   "impossible",     409, 1, "the case is not in a state that allows this") \
	X(LEASED,       "leased",         409, 1, "somebody else holds the case") \
	X(CONFLICT,     "conflict",       409, 1, "this contradicts something that stands") \
	X(GONE,         "gone",           410, 1, "older than what is kept: take a new snapshot") \
	X(TOO_LARGE,    "too_large",      413, 1, "larger than what is accepted") \
	X(TOO_MANY,     "too_many",       429, 1, "too many requests, try again later") \
	X(INTERNAL,     "internal",       500, 1, "a fault of ours, written to the log") \
	X(UNAVAILABLE,  "unavailable",    503, 3, "the server cannot be reached")

enum err_code {
#define X(id, code, http, exit, text) ERR_##id,
	ERR_TABLE(X)
#undef X
	ERR_COUNT
};

/* What went wrong, where. A plain value: copy it freely. `line` is 1-based, 0 when there is none. */
struct err {
	enum err_code code;
	int line;
	char field[48];
	char message[256];
};

const char *err_name(enum err_code code);     /* "stale"; static storage */
const char *err_sentence(enum err_code code); /* English msgid; static storage */
int err_http(enum err_code code);
int err_exit(enum err_code code);
/* The code with this name, or ERR_INTERNAL when there is none. */
enum err_code err_by_name(const char *name);

/* Fill *e (which may be NULL) and return false, so that `return err_set(e, …)` reads as "fail with". */
bool err_set(struct err *e, enum err_code code, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
