#include "core/daemon/pool.h"

#include <stdlib.h>

struct pool {
	int size;
	struct db *db[];
};

struct pool *pool_new(struct event_base *base, struct evdns_base *dns, const struct db_options *o, int size)
{
	struct pool *p = calloc(1, sizeof *p + (size_t)size * sizeof p->db[0]);

	if (p == NULL)
		abort();
	for (; p->size < size; p->size++)
		p->db[p->size] = db_new(base, dns, o);
	return p;
}

void pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	for (int i = 0; i < p->size; i++) {
		struct db *db = p->db[i];

		p->db[i] = NULL; /* what fails now must not find it again */
		db_free(db);
	}
	free(p);
}

int pool_size(const struct pool *p)
{
	return p->size;
}

struct db *pool_at(struct pool *p, int i)
{
	return p->db[i];
}

int pool_ready(const struct pool *p)
{
	int n = 0;

	for (int i = 0; i < p->size; i++)
		n += p->db[i] && db_state(p->db[i]) == DB_READY;
	return n;
}

struct db *pool_pick(struct pool *p)
{
	struct db *best = NULL;

	for (int i = 0; i < p->size; i++)
		if (p->db[i] && db_state(p->db[i]) == DB_READY && (best == NULL || db_backlog(p->db[i]) < db_backlog(best)))
			best = p->db[i];
	return best;
}

void pool_send(struct pool *p, enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done,
    void *ctx)
{
	struct db *db = pool_pick(p);
	struct err e;

	if (db) {
		db_send(db, s, params, nparams, row, done, ctx);
	} else {
		err_set(&e, ERR_UNAVAILABLE, "", "the database cannot be reached");
		done(ctx, &e, 0);
	}
}
