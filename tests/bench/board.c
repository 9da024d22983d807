/*
 * The time board with 100,000 open cases (or $BENCH_BOARD), in process: 60 % wait at seven desks, the rest lie with 136 units, 300 people hold
 * some. Usage: board [flow]
 *
 *   (nothing)  making the board out of the queue; a change of a case with and without a board to be told; the figures of one second, and a
 *              whole repaint of the view at 200×60, with time going on by a second and twenty changes between; the wall's too. Beside it one
 *              plain pass over the same queue that counts the same by group, without order, rows or predictions. Processor time.
 *   flow       fenbo.flow of the past day after $BENCH_EVENTS (100,000) events of a day, rolled up and not, on the database of
 *              $BENCH_OWNER_URL, as sql/fill_flow.sql left it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conf/err_list.h"
#include "tests/tools/bench.h"
#include "tui/console.h"
#include "tui/i18n.h"
#include "tui/tally.h"

#define NOW (INT64_C(1795340528) * USEC_S)

enum { DESKS = 7, UNITS = 136, PEOPLE = 300, TIMES = 300, CHANGES = 20, COLUMNS = 200, LINES = 60 };
static char names[DESKS + UNITS + PEOPLE][16];
static uint32_t seed = 1;

static unsigned
roll(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static case_no
case_number(int i)
{
	char digits[32];

	snprintf(digits, sizeof digits, "261122%06d", i % 1000000);
	return atoll(digits) * 10 + number_check(digits, 12);
}

static struct summary
a_case(int i, int version)
{
	bool waits = roll(10) < 6;
	struct summary s = { .no = case_number(i), .version = version, .stage = waits ? STAGE_TRIAGE : STAGE_HANDLING,
		.priority = roll(50) == 0 ? PRIORITY_URGENT : roll(5) == 0 ? PRIORITY_FAST : PRIORITY_NORMAL, .received_at = NOW - (int64_t)roll(28800) * USEC_S,
		.due_at = NOW + ((int64_t)roll(36000) - 600) * USEC_S, .clock = waits ? "dispatch" : roll(3) ? "handle" : "contact",
		.desk = names[roll(5) ? 0 : roll(DESKS)], .unit = waits ? "" : names[DESKS + roll(UNITS)], .item = "",
		.owner = waits && roll(4) == 0 ? names[DESKS + UNITS + roll(PEOPLE)] : "", .channel = "hotline", .title = "夜间施工噪音扰民，影响老人和小孩休息",
		.place = "西乡街道", .top_unit = "" };

	s.rank_at = s.received_at;
	s.at = NOW;
	return s;
}

/* --- a console without a world ----------------------------------------------------------------------------------- */

static uint64_t
send_flow(void *ctx, enum statement s, const char *const *args, int nargs, port_row_fn row, port_done_fn done, void *who)
{
	char slot[24], n[4][16];

	(void)ctx, (void)args, (void)nargs;
	if (s == SQL_FLOW) {
		row(who, 9, (const char *[]){ "0123456789ab-1-0", "", "", "", "", "0", "0", "0", "0" });
		for (int i = 288; i >= 0; i--)
			for (int k = 0; k < DESKS + UNITS; k++)
				for (int p = 0; p < PRIORITY_COUNT && (k < DESKS || i < 24); p++) {
					snprintf(slot, sizeof slot, "%lld", (long long)(NOW / USEC_S / FLOW_SLOT_S) - i);
					for (int w = 0; w < 4; w++)
						snprintf(n[w], sizeof n[w], "%u", w < 2 ? roll(k < DESKS ? 30 : 3) : 0);
					row(who, 9, (const char *[]){ "", slot, k < DESKS ? "desk" : "unit", names[k], priority_name((enum priority)p), n[0], n[1], n[2], n[3] });
				}
	}
	done(who, NULL, 0);
	return 0;
}

static void no_forget(void *ctx, uint64_t handle) { (void)ctx, (void)handle; }
static void no_refresh(void *ctx, const case_no *no, size_t n) { (void)ctx, (void)no, (void)n; }
static void no_effect(void *ctx, enum effect e, const char *text) { (void)ctx, (void)e, (void)text; }
static void no_recommend(void *ctx, const char *json, port_said_fn said, void *who) { (void)ctx, (void)json, (void)said, (void)who; }

static struct console *
new_console(void)
{
	static const struct port port = { send_flow, no_forget, no_refresh, no_effect, no_recommend };
	struct keymap *m = calloc(1, sizeof *m);
	struct err_list errors = { 0 };
	struct who who = { .account = "sue", .person = "苏", .desk = "centre", .centre = "中心", .role = ROLE_SUPERVISOR, .lease_s = 45 };

	if (!keymap_make(m, "", NULL, 0, &errors))
		bench_die("keys");
	struct console *c = console_new(&(struct console_options){ .port = &port, .keymap = m, .theme = theme_find(NULL, NULL), .guard = 300000,
		.alarm_every = 600 * USEC_S });
	free(m);
	console_links(c, LINK_UP, LINK_UP, "");
	console_login(c, &who);
	return c;
}

/* --- the plain pass ---------------------------------------------------------------------------------------------- */

struct plain { size_t open, late, in30, of[DESKS + UNITS + PEOPLE]; };

static void
plain_pass(struct queue *q, usec_t now, struct plain *out)
{
	struct queue_view *all = queue_view_new(q, VIEW_ALL);
	const struct summary *row[512];
	size_t at = 0, n;

	memset(out, 0, sizeof *out);
	while ((n = queue_view_rows(all, at, row, 512)) > 0) {
		for (size_t i = 0; i < n; i++) {
			const struct summary *s = row[i];
			const char *code = s->stage == STAGE_TRIAGE ? s->desk : s->unit;

			out->open++;
			out->late += s->due_at <= now;
			out->in30 += s->due_at > now && s->due_at <= now + 1800 * USEC_S;
			out->of[(size_t)atoi(code + 1)]++;
		}
		at += n;
	}
	queue_view_free(all);
}

/* --- measuring --------------------------------------------------------------------------------------------------- */

static void
put(const char *name, struct samples *s, double scale)
{
	char label[80];

	snprintf(label, sizeof label, "board_%s_median", name);
	bench_put(label, samples_at(s, 0.5) / scale);
	snprintf(label, sizeof label, "board_%s_p99", name);
	bench_put(label, samples_at(s, 0.99) / scale);
	samples_free(s);
}

static void
changes(struct console *c, int open, int version, struct samples *each)
{
	for (int i = 0; i < CHANGES; i++) {
		struct summary s = a_case((int)roll((unsigned)open), version);
		double began = bench_cpu_us();

		console_news(c, &s, "edit", "");
		if (each)
			samples_add(each, bench_cpu_us() - began);
	}
}

static void
repaints(struct console *c, int open, struct grid *g, const char *name, int version)
{
	struct samples us = { 0 };

	for (int i = 0; i < TIMES; i++) {
		changes(c, open, version + i, NULL);
		double began = bench_cpu_us();
		console_settle(c, (1000 + i) * USEC_S);
		console_render(c, g, NOW + i * USEC_S);
		samples_add(&us, bench_cpu_us() - began);
	}
	put(name, &us, 1000);
}

static void
in_process(void)
{
	int open = (int)bench_number("BENCH_BOARD", 100000);
	struct console *c = new_console();
	struct samples without = { 0 }, with = { 0 }, pass = { 0 }, figures = { 0 };
	struct tally t = { 0 };
	struct plain plain;
	struct grid g = { 0 };

	for (int i = 0; i < open; i++) {
		struct summary s = a_case(i, 1);

		console_apply(c, &s);
	}
	console_loaded(c);
	grid_resize(&g, LINES, COLUMNS);
	console_render(c, &g, NOW);
	for (int i = 0; i < TIMES; i++)
		changes(c, open, 2 + i, &without);
	double began = bench_cpu_us();
	console_command(c, COMMAND_VIEW_BOARD);
	console_settle(c, USEC_S);
	bench_put("board_open_ms", (bench_cpu_us() - began) / 1000);
	for (int i = 0; i < TIMES; i++)
		changes(c, open, 1000 + i, &with);
	for (int i = 0; i < TIMES; i++) {
		began = bench_cpu_us();
		plain_pass(c->queue, NOW + i * USEC_S, &plain);
		samples_add(&pass, bench_cpu_us() - began);
		changes(c, open, 2000 + i, NULL);
		began = bench_cpu_us();
		tally_make(&t, c, NOW + i * USEC_S);
		samples_add(&figures, bench_cpu_us() - began);
	}
	if (plain.open != (size_t)open)
		bench_die("%zu of %d cases", plain.open, open);
	bench_put("board_cases", (double)open);
	put("change_without_us", &without, 1);
	put("change_us", &with, 1);
	put("plain_pass_ms", &pass, 1000);
	put("figures_ms", &figures, 1000);
	repaints(c, open, &g, "repaint_ms", 3000);
	console_command(c, COMMAND_WALL);
	repaints(c, open, &g, "wall_ms", 4000);
	bench_put("board_rss_mib", (double)bench_rss_kib(getpid()) / 1024);
	tally_free(&t);
	grid_free(&g);
	console_free(c);
}

static void
from_log(void)
{
	PGconn *db = bench_connect(bench_env("BENCH_OWNER_URL"));
	struct samples cold = { 0 }, rolled = { 0 };
	const char *ask = "SELECT * FROM fenbo.flow(now() - interval '1 day')";

	PQclear(bench_exec(db, ask, 0, NULL)); /* plans and cache */
	for (int i = 0; i < 5; i++) {
		usec_t began = clock_monotonic();

		PQclear(bench_exec(db, ask, 0, NULL));
		samples_add(&cold, (double)(clock_monotonic() - began) / 1000);
	}
	usec_t began = clock_monotonic();
	for (int n = 1; n > 0;) {
		PGresult *r = bench_exec(db, "SELECT fenbo._flow_roll(20000)", 0, NULL);

		n = atoi(PQgetvalue(r, 0, 0));
		PQclear(r);
	}
	bench_put("flow_roll_ms", (double)(clock_monotonic() - began) / 1000);
	for (int i = 0; i < 50; i++) {
		began = clock_monotonic();
		PGresult *r = bench_exec(db, ask, 0, NULL);
		samples_add(&rolled, (double)(clock_monotonic() - began) / 1000);
		if (i == 0)
			bench_put("flow_rows", PQntuples(r));
		PQclear(r);
	}
	put("flow_not_rolled_ms", &cold, 1);
	put("flow_ms", &rolled, 1);
	PQfinish(db);
}

int
main(int argc, char **argv)
{
	for (int i = 0; i < DESKS + UNITS + PEOPLE; i++)
		snprintf(names[i], sizeof names[i], "%c%d", i < DESKS ? 'd' : i < DESKS + UNITS ? 'u' : 'p', i);
	i18n_init("zh_CN", bench_env("FENBO_BUILD"));
	clock_zone("Asia/Shanghai");
	if (argc > 1 && strcmp(argv[1], "flow") == 0)
		from_log();
	else
		in_process();
	return 0;
}
