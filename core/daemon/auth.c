#include "core/daemon/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "core/base/buf.h"
#include "core/daemon/pool.h"

enum { PERSON_RATE = 300 }; /* questions a minute: a console asks three times a second at most, while somebody types */
enum { BELIEVED_US = 2000000, SLOTS = 1024, FORGET_US = 600000000, ENTRIES_MAX = 10000 };

struct waiter {
	struct waiter *next;
	enum key_right right;
	auth_done_fn done;
	void *ctx;
};

/* One key, known or known to be unknown. */
struct entry {
	struct entry *next;
	struct key key;
	bool found;          /* PostgreSQL knows it */
	usec_t checked;      /* monotonic; 0 = never */
	usec_t used;
	bool asking;
	struct waiter *waiters, **last;
	double tokens;       /* of the rate */
	usec_t filled;
	char person[64];     /* no key, but this person's ticket … */
	usec_t person_at;    /* … as of then; monotonic */
	struct auth *auth;
};

struct auth {
	struct pool *pool;
	struct entry *slot[SLOTS];
	int entries;
};

struct auth *auth_new(struct pool *pool)
{
	struct auth *a = calloc(1, sizeof *a);

	if (a == NULL)
		abort();
	a->pool = pool;
	return a;
}

void auth_free(struct auth *a)
{
	if (a == NULL)
		return;
	for (int i = 0; i < SLOTS; i++) {
		while (a->slot[i]) {
			struct entry *e = a->slot[i];

			a->slot[i] = e->next;
			while (e->waiters) {
				struct waiter *w = e->waiters;

				e->waiters = w->next;
				free(w);
			}
			free(e);
		}
	}
	free(a);
}

static void sha256_hex(const char *text, char out[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len;

	if (!EVP_Digest(text, strlen(text), digest, &len, EVP_sha256(), NULL))
		abort();
	for (unsigned i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* Keys nobody has used for a while are forgotten, so that guessing cannot fill the memory. */
static void forget_old(struct auth *a, usec_t now, usec_t age)
{
	for (int i = 0; i < SLOTS; i++) {
		for (struct entry **p = &a->slot[i]; *p;) {
			struct entry *e = *p;

			if (e->asking || e->waiters || now - e->used < age) {
				p = &e->next;
				continue;
			}
			*p = e->next;
			free(e);
			a->entries--;
		}
	}
}

static struct entry *entry_of(struct auth *a, const char *hash, usec_t now)
{
	unsigned i = (unsigned)strtoul((char[]){ hash[1], hash[2], hash[3], '\0' }, NULL, 16) % SLOTS;
	struct entry *e;

	for (e = a->slot[i]; e; e = e->next)
		if (!strcmp(e->key.hash, hash))
			return e;
	if (a->entries >= ENTRIES_MAX)
		forget_old(a, now, FORGET_US);
	if (a->entries >= ENTRIES_MAX)
		forget_old(a, now, BELIEVED_US);
	if ((e = calloc(1, sizeof *e)) == NULL)
		abort();
	strcpy(e->key.hash, hash);
	e->auth = a;
	e->last = &e->waiters;
	e->next = a->slot[i];
	a->slot[i] = e;
	a->entries++;
	return e;
}

/* One token of the key's rate; 0 when there is one, else the seconds until there is. */
static int take_token(struct entry *e, usec_t now)
{
	double rate = e->key.rate, most = rate < 10 ? rate : rate / 6; /* a burst of ten seconds' worth */

	if (e->key.rate <= 0)
		return 0;
	if (e->filled == 0)
		e->tokens = most;
	else
		e->tokens += (double)(now - e->filled) * rate / 60e6;
	if (e->tokens > most)
		e->tokens = most;
	e->filled = now;
	if (e->tokens >= 1) {
		e->tokens -= 1;
		return 0;
	}
	return (int)((1 - e->tokens) * 60 / rate) + 1;
}

static void tell(struct entry *e, enum key_right right, auth_done_fn done, void *ctx)
{
	struct err err;
	int wait_s;

	e->used = clock_monotonic();
	if (!e->found) {
		err_set(&err, ERR_UNKNOWN_KEY, "", "%s", err_sentence(ERR_UNKNOWN_KEY));
	} else if ((e->key.rights & (unsigned)right) != (unsigned)right) {
		err_set(&err, ERR_FORBIDDEN, "", "%s", err_sentence(ERR_FORBIDDEN));
	} else if ((wait_s = take_token(e, e->used)) > 0) {
		err_set(&err, ERR_TOO_MANY, "", "more than %d requests a minute", e->key.rate);
		done(ctx, NULL, &err, wait_s);
		return;
	} else {
		struct key k = e->key;

		done(ctx, &k, NULL, 0);
		return;
	}
	done(ctx, NULL, &err, 0);
}

static void copy(char *out, size_t size, const struct db_row *r, int col)
{
	snprintf(out, size, "%s", db_row_text(r, col, NULL));
}

static unsigned rights_of(const char *text)
{
	static const struct { const char *name; enum key_right bit; } names[] = {
		{ "intake", KEY_INTAKE }, { "read", KEY_READ }, { "feed", KEY_FEED }, { "act", KEY_ACT }, { "noplace", KEY_NOPLACE },
		{ "backdate", KEY_BACKDATE }, { "metrics", KEY_METRICS },
	};
	unsigned bits = 0;

	while (*text) {
		size_t n = strcspn(text, " ");

		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			if (strlen(names[i].name) == n && !strncmp(names[i].name, text, n))
				bits |= names[i].bit;
		text += n + (text[n] == ' ');
	}
	return bits;
}

static void on_row(void *ctx, const struct db_row *r)
{
	struct entry *e = ctx;

	e->found = true;
	e->key.id = (int)db_row_int(r, 0);
	copy(e->key.name, sizeof e->key.name, r, 1);
	copy(e->key.channel, sizeof e->key.channel, r, 2);
	copy(e->key.channel_name, sizeof e->key.channel_name, r, 3);
	copy(e->key.channel_place, sizeof e->key.channel_place, r, 4);
	copy(e->key.unit, sizeof e->key.unit, r, 5);
	e->key.rights = rights_of(db_row_text(r, 6, NULL));
	e->key.rate = (int)db_row_int(r, 7);
}

static void on_done(void *ctx, const struct err *err, size_t rows)
{
	struct entry *e = ctx;
	struct waiter *w = e->waiters;

	e->asking = false;
	e->waiters = NULL;
	e->last = &e->waiters;
	if (err == NULL) {
		e->checked = clock_monotonic();
		e->found = rows > 0;
	}
	while (w) {
		struct waiter *next = w->next;

		if (err)
			w->done(w->ctx, NULL, err, 0);
		else
			tell(e, w->right, w->done, w->ctx);
		free(w);
		w = next;
	}
}

void auth_check(struct auth *a, const char *bearer, enum key_right right, auth_done_fn done, void *ctx)
{
	usec_t now = clock_monotonic();
	char hash[65];
	struct entry *e;
	struct waiter *w;
	struct err err;

	if (bearer == NULL || *bearer == '\0') {
		err_set(&err, ERR_UNKNOWN_KEY, "", "%s", err_sentence(ERR_UNKNOWN_KEY));
		done(ctx, NULL, &err, 0);
		return;
	}
	sha256_hex(bearer, hash);
	e = entry_of(a, hash, now);
	if (e->checked && now - e->checked < BELIEVED_US) {
		tell(e, right, done, ctx);
		return;
	}
	if ((w = malloc(sizeof *w)) == NULL)
		abort();
	*w = (struct waiter){ .right = right, .done = done, .ctx = ctx };
	*e->last = w;
	e->last = &w->next;
	if (!e->asking) {
		e->asking = true;
		pool_send(a->pool, SQL_KEY_CHECK, (struct db_param[]){ DB_TEXT(hash) }, 1, on_row, on_done, e);
	}
}

/* --- tickets ------------------------------------------------------------------------------------------------------ */

struct asking {
	auth_ticket_fn done;
	void *ctx;
	bool whole;
	char account[64], role[16];
	struct buf tags;
};

static void add_tags(struct buf *out, const char *kind, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		buf_printf(out, "%s:%.*s\n", kind, (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

static void ticket_row(void *ctx, const struct db_row *r)
{
	struct asking *q = ctx;

	copy(q->account, sizeof q->account, r, 0);
	copy(q->role, sizeof q->role, r, 1);
	q->whole = db_row_bool(r, 3);
	add_tags(&q->tags, "desk", db_row_text(r, 4, NULL));
	add_tags(&q->tags, "unit", db_row_text(r, 5, NULL));
}

static void ticket_done(void *ctx, const struct err *e, size_t rows)
{
	struct asking *q = ctx;
	struct ticket t = { .whole = q->whole, .tags = q->tags.data ? q->tags.data : (char[]){ "" }, .account = q->account,
		.role = q->role };
	struct err unknown;

	if (e == NULL && rows == 0) {
		err_set(&unknown, ERR_UNKNOWN_KEY, "", "%s", err_sentence(ERR_UNKNOWN_KEY));
		e = &unknown;
	}
	q->done(q->ctx, e ? NULL : &t, e);
	buf_free(&q->tags);
	free(q);
}

void auth_ticket(struct auth *a, const char *bearer, auth_ticket_fn done, void *ctx)
{
	struct asking *q = calloc(1, sizeof *q);

	if (q == NULL)
		abort();
	q->done = done;
	q->ctx = ctx;
	pool_send(a->pool, SQL_TICKET_CHECK, (struct db_param[]){ DB_TEXT(bearer) }, 1, ticket_row, ticket_done, q);
}

/* --- whoever may ask ---------------------------------------------------------------------------------------------- */

struct asker {
	struct auth *auth;
	auth_done_fn done;
	void *ctx;
	char hash[65];
	char *bearer;
};

static void answer(struct asker *q, const struct key *k, const struct err *e, int retry_after_s)
{
	q->done(q->ctx, k, e, retry_after_s);
	free(q->bearer);
	free(q);
}

/* Each person has one rate. His entry stands under a name that no bearer's hash can have. */
static void admit(struct asker *q, const char *account)
{
	usec_t now = clock_monotonic();
	struct key k = { .rights = 0 };
	char hash[65];
	struct entry *e;
	struct err err;
	int wait_s;

	sha256_hex(account, hash);
	hash[0] = '@';
	e = entry_of(q->auth, hash, now);
	e->key.rate = PERSON_RATE;
	e->used = now;
	if ((wait_s = take_token(e, now)) > 0) {
		err_set(&err, ERR_TOO_MANY, "", "more than %d questions a minute", PERSON_RATE);
		answer(q, NULL, &err, wait_s);
		return;
	}
	snprintf(k.name, sizeof k.name, "%s", account);
	answer(q, &k, NULL, 0);
}

static void asker_ticket(void *ctx, const struct ticket *t, const struct err *e)
{
	struct asker *q = ctx;
	usec_t now = clock_monotonic();
	struct entry *known;
	struct err err;

	if (e) {
		answer(q, NULL, e, 0);
		return;
	}
	if (strcmp(t->role, "dispatcher") && strcmp(t->role, "supervisor") && strcmp(t->role, "admin")) {
		err_set(&err, ERR_FORBIDDEN, "", "%s", err_sentence(ERR_FORBIDDEN));
		answer(q, NULL, &err, 0);
		return;
	}
	known = entry_of(q->auth, q->hash, now);
	snprintf(known->person, sizeof known->person, "%s", t->account);
	known->person_at = known->used = now;
	admit(q, t->account);
}

static void asker_key(void *ctx, const struct key *k, const struct err *e, int retry_after_s)
{
	struct asker *q = ctx;
	usec_t now = clock_monotonic();
	struct entry *known;

	if (e == NULL || e->code != ERR_UNKNOWN_KEY || q->bearer == NULL) {
		answer(q, k, e, retry_after_s);
		return;
	}
	known = entry_of(q->auth, q->hash, now);
	if (known->person[0] && now - known->person_at < BELIEVED_US) {
		char account[sizeof known->person];

		memcpy(account, known->person, sizeof account);
		admit(q, account);
		return;
	}
	auth_ticket(q->auth, q->bearer, asker_ticket, q);
}

void auth_asker(struct auth *a, const char *bearer, auth_done_fn done, void *ctx)
{
	struct asker *q = calloc(1, sizeof *q);

	if (q == NULL)
		abort();
	*q = (struct asker){ .auth = a, .done = done, .ctx = ctx };
	if (bearer && *bearer) {
		sha256_hex(bearer, q->hash);
		if ((q->bearer = strdup(bearer)) == NULL)
			abort();
	}
	auth_check(a, bearer, 0, asker_key, q);
}
