/*
 * GET /v1/feed, /metrics and /healthz.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/daemon/api.h"

enum { TAGS_MAX = 4096 };

/* --- the stream ------------------------------------------------------------------------------------------------------- */

static const char *wanted_cursor(struct api_call *c)
{
	const char *last = http_header(c->req, "Last-Event-ID");
	struct err e;
	const struct form *q = http_query(c->req, &e);

	return last && *last ? last : q ? form_get(q, "after") : NULL;
}

/* ?beat=SECONDS: a comment after so much silence. The consoles ask for one, to see within 2 s that we hang. */
static int wanted_beat(struct api_call *c)
{
	struct err e;
	const struct form *q = http_query(c->req, &e);
	const char *beat = q ? form_get(q, "beat") : NULL;
	int s = beat ? atoi(beat) : 0;

	return s >= 1 && s <= 60 ? s * 1000 : 0;
}

static void join(struct api_call *c, bool whole, const char *const *tags, int ntags)
{
	hub_join(c->daemon->hub, c->req, hub_scope(c->daemon->hub, whole, tags, ntags), wanted_cursor(c), wanted_beat(c));
}

static const char *bearer_of(const struct api_call *c)
{
	const char *h = http_header(c->req, "Authorization");

	return h && !strncasecmp(h, "Bearer ", 7) ? h + 7 + strspn(h + 7, " ") : "";
}

static void by_ticket(void *ctx, const struct ticket *t, const struct err *e)
{
	struct api_call *c = ctx;
	const char *tag[TAGS_MAX] = { "all" };
	int n = 1;
	char *save = NULL;

	if (e) {
		api_fail(c, e);
		return;
	}
	for (char *s = strtok_r(t->tags, "\n", &save); s && n < TAGS_MAX; s = strtok_r(NULL, "\n", &save))
		tag[n++] = s;
	join(c, t->whole, tag, n);
}

/* The unit itself and all below it. */
static bool within(const struct unit *u, const char *root)
{
	for (; u; u = u->parent)
		if (!strcmp(u->code, root))
			return true;
	return false;
}

static void join_key(struct api_call *c)
{
	const struct duty_list *duty = rules_duty(c->daemon->routing);
	struct arena *a = http_arena(c->req);
	const char *tag[TAGS_MAX] = { "all" };
	int n = 1;

	for (size_t i = 0; c->key.unit[0] && duty && i < duty_units(duty) && n < TAGS_MAX - 2; i++) {
		const struct unit *u = duty_unit_at(duty, i);
		char text[80];

		if (!within(u, c->key.unit))
			continue;
		snprintf(text, sizeof text, "unit:%s", u->code);
		tag[n++] = arena_strdup(a, text);
	}
	if (c->key.channel[0]) {
		char text[120];

		snprintf(text, sizeof text, "channel:%s", c->key.channel);
		tag[n++] = arena_strdup(a, text);
	}
	/* A key of neither channel nor unit is the centre's own. */
	join(c, c->key.unit[0] == '\0' && c->key.channel[0] == '\0', tag, n);
}

static void by_key(void *ctx, const struct key *k, const struct err *e, int retry_after_s)
{
	struct api_call *c = ctx;

	(void)retry_after_s;
	if (e && e->code == ERR_UNKNOWN_KEY && *bearer_of(c)) {
		auth_ticket(c->daemon->auth, bearer_of(c), by_ticket, c);
	} else if (e) {
		api_fail(c, e);
	} else {
		c->key = *k;
		join_key(c);
	}
}

void api_feed(struct api_call *c)
{
	auth_check(c->daemon->auth, bearer_of(c), KEY_FEED, by_key, c);
}

/* --- operations -------------------------------------------------------------------------------------------------------- */

void api_metrics(struct api_call *c)
{
	struct daemon *d = c->daemon;
	struct hub_counts h;
	struct buf out = { 0 };
	struct memory_state m;
	struct hot_state hot;

	hub_counts(d->hub, &h);
	memory_state(d->memory, &m);
	metrics_write(&out, &d->metrics);
	metrics_put(&out, "feed_readers", "gauge", "Readers of the stream", h.readers);
	metrics_put(&out, "feed_readers_catching_up", "gauge", "Readers that read the past", h.catching_up);
	metrics_put(&out, "feed_frames_total", "counter", "Events taken from the log", (double)h.frames);
	metrics_put(&out, "feed_writes_total", "counter", "Writes to readers", (double)h.writes);
	metrics_put(&out, "feed_bytes_total", "counter", "Bytes written to readers", (double)h.bytes);
	metrics_put(&out, "feed_cut_total", "counter", "Readers cut for being too far behind", (double)h.cut);
	metrics_put(&out, "feed_waiting_bytes", "gauge", "Bytes that readers have not taken yet", (double)h.waiting_bytes);
	metrics_put(&out, "intake_waiting", "gauge", "Appeals not answered yet", intake_waiting(d->intake));
	metrics_put(&out, "http_pending", "gauge", "Requests not answered yet", http_pending(d->http));
	metrics_put(&out, "database_connections_ready", "gauge", "Connections for intake and queries that are up",
	    pool_ready(d->pool));
	metrics_put(&out, "leading", "gauge", "1 when this fenbod sweeps and keeps house", leader_leads(d->leader));
	metrics_put(&out, "routing_revision", "gauge", "Routing revision in force", rules_revision(d->routing));
	metrics_put(&out, "repeats_cases", "gauge", "Cases in which repeats are looked for", (double)m.cases);
	metrics_put(&out, "repeats_bytes", "gauge", "Memory of the index of repeats", (double)m.bytes);
	metrics_put(&out, "repeats_passed_total", "counter", "Cases of other fenbods that came too many at once to be remembered", (double)m.passed);
	tutor_metrics(d->tutor, &out);
	roller_metrics(d->roller, &out);
	leader_metrics(d->leader, &out);
	metrics_put(&out, "repeats_ready", "gauge", "1 when all open and recent cases are remembered", m.ready);
	metrics_put(&out, "repeats_read_seconds", "gauge", "How long reading them at the start took, or has taken so far", m.seed_s);
	metrics_put(&out, "repeats_waiting", "gauge", "Cases just come in that are still to be compared with each other",
	    (double)gather_waiting(d->gather));
	hot_state(d->hot, &hot);
	metrics_put(&out, "hotspots_cases", "gauge", "Cases in which hot spots are looked for; 0 where another fenbod leads", (double)hot.cases);
	metrics_put(&out, "hotspots_bytes", "gauge", "Memory of the index of hot spots", (double)hot.bytes);
	metrics_put(&out, "hotspots_total", "counter", "Hot spots found by this fenbod as leader", (double)hot.begun);
	metrics_put(&out, "hotspots_bar", "gauge", "How surprising a hot spot must be, as tried on the past; 0 until then", hot.bar);
	metrics_put(&out, "hotspots_seconds", "gauge", "How long the last look for hot spots took", hot.took_s);
	http_answer(c->req, 200, "text/plain; version=0.0.4; charset=utf-8", buf_text(&out), out.len);
	buf_free(&out);
}

void api_healthz(struct api_call *c)
{
	struct daemon *d = c->daemon;
	bool database = pool_ready(d->pool) > 0, routing = rules_revision(d->routing) >= 0, stream = hub_started(d->hub);
	bool well = database && routing && stream && !d->stopping;
	struct memory_state m;
	struct buf out = { 0 };

	memory_state(d->memory, &m);
	buf_printf(&out, "{\"ok\":%s,\"database\":%s,\"routing\":%s,\"stream\":%s,\"stopping\":%s,\"repeats\":%s,\"remembered\":%zu,\"model\":", well ? "true" : "false",
	    database ? "true" : "false", routing ? "true" : "false", stream ? "true" : "false", d->stopping ? "true" : "false",
	    m.ready ? "true" : "false", m.cases);
	tutor_health(d->tutor, &out);
	buf_putc(&out, '}');
	http_answer(c->req, well ? 200 : 503, "application/json; charset=utf-8", buf_text(&out), out.len);
	buf_free(&out);
}
