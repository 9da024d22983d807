#include "tui/hotspots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "tui/i18n.h"

enum ask { ASK_LIST, ASK_HEAT };
static const int days_back = 7; /* past ones are shown so long */

/* --- the list ------------------------------------------------------------------------------------------------------- */

static void list_row(void *who, int columns, const char *const *v)
{
	struct hotspots_read *r = ((struct hot_ask *)who)->r;
	struct hot_row *h;
	const char *p;

	if (columns < 21 || r->ncoming == HOT_ROWS || !(h = realloc(r->coming, ((size_t)r->ncoming + 1) * sizeof *h)))
		return;
	r->coming = h;
	h += r->ncoming++;
	memset(h, 0, sizeof *h);
	h->id = atoll(v[0]);
	clean_into(h->matter, sizeof h->matter, v[2]);
	h->matter_level = atoi(v[3]);
	clean_into(h->place, sizeof h->place, v[5]);
	h->place_level = atoi(v[6]);
	h->weak = v[7][0] == 't';
	h->raised = clock_read(v[8]);
	h->ended = v[10] && *v[10];
	h->since = clock_read(v[11]);
	h->window_s = atoi(v[12]);
	h->cases = atoi(v[13]);
	h->people = atoi(v[14]);
	h->expected = atof(v[15]);
	h->surprise = atof(v[16]);
	p = v[17] ? v[17] : "";
	for (int i = 0; i < HOT_DAYS && *p; i++) {
		char *end;

		h->day[i] = (int)strtol(p, &end, 10);
		p = *end ? end + 1 : end;
	}
	clean_into(h->verdict, sizeof h->verdict, v[18] ? v[18] : "");
	clean_into(h->person, sizeof h->person, v[19] ? v[19] : "");
	clean_into(h->remark, sizeof h->remark, v[20] ? v[20] : "");
}

static void failed(struct hotspots_read *r, const struct err *e)
{
	snprintf(r->error, sizeof r->error, "%s", _(err_sentence(e->code)));
}

static void follow(struct hotspots_read *r)
{
	int64_t id = r->at && *r->at < r->n ? r->row[*r->at].id : 0;

	if (id == 0)
		return;
	for (int i = 0; i < r->ncoming; i++)
		if (r->coming[i].id == id) {
			*r->at = i;
			return;
		}
	r->lost = r->c->mono;
}

static void list_read(void *who, const struct err *e, size_t rows)
{
	struct hot_ask *q = who;
	struct hotspots_read *r = q->r;

	(void)rows;
	q->on = false;
	if (e) {
		failed(r, e);
		free(r->coming);
	} else {
		follow(r);
		free(r->row);
		r->row = r->coming;
		r->n = r->ncoming;
	}
	r->coming = NULL;
	r->ncoming = 0;
	r->c->dirty = true;
}

/* --- the heat table --------------------------------------------------------------------------------------------------- */

/* The place of a name in a list of names, made if there is room; -1 = there is none. */
static int index_of(char name[][HEAT_NAME], int *n, int max, const char *wanted)
{
	char clean[HEAT_NAME];

	clean_into(clean, sizeof clean, wanted);
	for (int i = 0; i < *n; i++)
		if (strcmp(name[i], clean) == 0)
			return i;
	if (*n == max)
		return -1;
	memcpy(name[*n], clean, sizeof clean);
	return (*n)++;
}

static void heat_row(void *who, int columns, const char *const *v)
{
	struct heat *h = &((struct hot_ask *)who)->r->fresh;
	int place, matter, people;

	if (columns < 6)
		return;
	place = index_of(h->place, &h->places, HEAT_PLACES, v[1]);
	matter = index_of(h->matter, &h->matters, HEAT_MATTERS, v[2]);
	if (place < 0 || matter < 0)
		return;
	people = atoi(v[3]);
	h->cell[place][matter] = (struct heat_cell){ people, atof(v[4]) };
	h->of_place[place] += people;
	h->of_matter[matter] += people;
	h->at = clock_read(v[5]);
}

/* Fullest rows and columns first. */
static void sort_heat(struct heat *h)
{
	struct heat *s = malloc(sizeof *s);
	int p[HEAT_PLACES], m[HEAT_MATTERS];

	if (!s)
		return;
	for (int i = 0; i < h->places; i++) {
		int at = i;

		for (; at > 0 && h->of_place[p[at - 1]] < h->of_place[i]; at--)
			p[at] = p[at - 1];
		p[at] = i;
	}
	for (int i = 0; i < h->matters; i++) {
		int at = i;

		for (; at > 0 && h->of_matter[m[at - 1]] < h->of_matter[i]; at--)
			m[at] = m[at - 1];
		m[at] = i;
	}
	*s = *h;
	for (int i = 0; i < h->places; i++) {
		memcpy(h->place[i], s->place[p[i]], HEAT_NAME);
		h->of_place[i] = s->of_place[p[i]];
		for (int k = 0; k < h->matters; k++)
			h->cell[i][k] = s->cell[p[i]][m[k]];
	}
	for (int k = 0; k < h->matters; k++) {
		memcpy(h->matter[k], s->matter[m[k]], HEAT_NAME);
		h->of_matter[k] = s->of_matter[m[k]];
	}
	free(s);
}

static void heat_read(void *who, const struct err *e, size_t rows)
{
	struct hot_ask *q = who;

	(void)rows;
	q->on = false;
	if (e) {
		failed(q->r, e);
	} else {
		sort_heat(&q->r->fresh);
		q->r->heat = q->r->fresh;
	}
	q->r->c->dirty = true;
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

static void forget(struct hotspots_read *r, enum ask what)
{
	if (r->ask[what].on)
		r->c->port->forget(r->c->port_ctx, r->ask[what].handle);
	r->ask[what].on = false;
}

static void ask_heat(struct hotspots_read *r)
{
	struct hot_ask *q = &r->ask[ASK_HEAT];
	const char *args[1];
	char window[16];
	uint64_t handle;

	forget(r, ASK_HEAT);
	r->fresh = (struct heat){ 0 };
	snprintf(window, sizeof window, "%d", r->window_s);
	args[0] = window;
	*q = (struct hot_ask){ r, true, 0 };
	handle = console_ask(r->c, SQL_HEAT_TABLE, args, 1, heat_row, heat_read, q);
	if (q->on)
		q->handle = handle;
}

void hotspots_ask(struct hotspots_read *r)
{
	struct hot_ask *q = &r->ask[ASK_LIST];
	const char *args[1];
	char from[40];
	uint64_t handle;

	if (r->c->db != LINK_UP)
		return;
	r->error[0] = '\0';
	forget(r, ASK_LIST);
	free(r->coming);
	r->coming = NULL;
	r->ncoming = 0;
	clock_rfc3339((r->c->now > 0 ? r->c->now : clock_now()) - days_back * INT64_C(86400) * USEC_S, from);
	args[0] = from;
	*q = (struct hot_ask){ r, true, 0 };
	handle = console_ask(r->c, SQL_HOTSPOT_LIST, args, 1, list_row, list_read, q);
	if (q->on)
		q->handle = handle;
	ask_heat(r);
}

void hotspots_window(struct hotspots_read *r, int window_s)
{
	r->window_s = window_s;
	if (r->c->db == LINK_UP)
		ask_heat(r);
}

bool hotspots_asking(const struct hotspots_read *r)
{
	return r->ask[ASK_LIST].on || r->ask[ASK_HEAT].on;
}

void hotspots_read_init(struct hotspots_read *r, struct console *c, int window_s)
{
	*r = (struct hotspots_read){ .c = c, .window_s = window_s };
}

void hotspots_read_free(struct hotspots_read *r)
{
	forget(r, ASK_LIST);
	forget(r, ASK_HEAT);
	free(r->row);
	free(r->coming);
}
