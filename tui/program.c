#include "tui/program.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/feed/loop.h"
#include "tui/console.h"
#include "tui/i18n.h"
#include "tui/keeper.h"
#include "tui/keys.h"
#include "tui/remote.h"
#include "tui/screen.h"
#include "tui/views.h"

/* News are painted at once when the last painting is so long ago, else together: many changes a second are read no better when each
 * is painted. */
enum { NEWS_MS = 30, SLICE_MS = 0, DRAFT_MS = 200 };

struct program {
	struct loop loop;
	struct conf *conf;
	struct screen *screen;
	struct console *console;
	struct remote *remote;
	struct grid grid;
	struct keys keys;
	struct event *input, *tick, *paint, *resized, *hangup, *terminated, *reload, *slice, *burst;
	usec_t painted_at, key_at;
	bool wall;            /* nothing but the time board */
	bool urgent;          /* the next painting does not wait */
	char refusal[300];
	int status;
	bool suspend;         /* asked for by a key: done outside the key's own handling */
};

static void paint(struct program *p)
{
	int rows, cols;

	screen_size(p->screen, &rows, &cols);
	if (!grid_resize(&p->grid, rows, cols))
		return;
	console_render(p->console, &p->grid, remote_now(p->remote));
	screen_paint(p->screen, &p->grid);
	p->painted_at = clock_monotonic();
	console_painted(p->console, p->painted_at);
}

static void tick_at_next_second(struct program *p)
{
	usec_t now = remote_now(p->remote);
	int ms = now > 0 ? (int)((USEC_S - now % USEC_S) / 1000) + 1 : 1000;

	loop_after(p->tick, ms);
}

/* Everything that may have changed is settled, then painted, once a turn. */
static void settle(struct program *p)
{
	usec_t mono = clock_monotonic();
	bool more = console_settle(p->console, mono);

	if (more)
		loop_after(p->slice, SLICE_MS);
	else if (p->console->wake != 0)
		loop_after(p->slice, p->console->wake > mono ? (int)((p->console->wake - mono) / 1000) + 1 : 0);
	if (!p->console->dirty)
		return;
	/* A painting of news that is waiting for its turn must not make a key wait with it. */
	if (p->urgent || mono - p->painted_at >= NEWS_MS * 1000) {
		p->urgent = false;
		evtimer_del(p->paint);
		paint(p);
	} else if (!evtimer_pending(p->paint, NULL)) {
		loop_after(p->paint, NEWS_MS - (int)((mono - p->painted_at) / 1000));
	}
}

static void on_paint(evutil_socket_t fd, short what, void *ctx)
{
	struct program *p = ctx;

	(void)fd;
	(void)what;
	p->urgent = false;
	if (p->console->dirty)
		paint(p);
}

static void on_slice(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	settle(ctx);
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
	struct program *p = ctx;
	usec_t mono = clock_monotonic();

	(void)fd;
	(void)what;
	tick_at_next_second(p);
	console_settle(p->console, mono);
	p->console->mono = mono;
	if (p->conf->console_idle_lock > 0 && mono - p->key_at > p->conf->console_idle_lock * 1000 && p->console->ready)
		lock_now_idle(p->console);
	paint(p);
}

static void go_to_shell(struct program *p)
{
	pid_t keeper = keeper_start(p->conf, remote_session(p->remote), p->console->who.lease_s);

	screen_suspend(p->screen);
	/* This process alone: the keeper goes on. */
	kill(getpid(), SIGSTOP);
	keeper_stop(keeper);
	screen_resume(p->screen);
	p->key_at = clock_monotonic();
	p->urgent = p->console->dirty = true;
}

static void on_input(evutil_socket_t fd, short what, void *ctx)
{
	struct program *p = ctx;
	struct key key;
	bool any = false;
	int raw;

	(void)fd;
	(void)what;
	while ((raw = screen_key(p->screen)) >= 0) {
		any = true;
		if (!keys_feed(&p->keys, raw, &key))
			continue;
		p->key_at = clock_monotonic();
		console_key(p->console, &key, p->key_at);
		/* Keys typed ahead meet the state they were meant for: each sees what the one before it did. */
		console_settle(p->console, p->key_at);
		if (p->suspend) {
			p->suspend = false;
			go_to_shell(p);
			break;
		}
	}
	/* Readable and nothing there: the terminal is gone. Reading one that hung up answers 0 for ever, asking what it is fails. */
	if (!any && what & EV_READ && !isatty(STDIN_FILENO))
		event_base_loopbreak(p->loop.base);
	p->urgent = true;
	settle(p);
}

static void on_resize(evutil_socket_t fd, short what, void *ctx)
{
	struct program *p = ctx;

	(void)fd;
	(void)what;
	screen_resize(p->screen);
	event_active(p->input, EV_TIMEOUT, 0); /* a key that came with it is in curses' hands already: the terminal will not tell of it again */
	p->urgent = p->console->dirty = true;
	settle(p);
}

static void on_end(evutil_socket_t fd, short what, void *ctx)
{
	struct program *p = ctx;

	(void)fd;
	(void)what;
	event_base_loopbreak(p->loop.base);
}

static void on_reload(evutil_socket_t fd, short what, void *ctx)
{
	struct program *p = ctx;
	struct err_list errors = { 0 };

	(void)fd;
	(void)what;
	/* A terminal that hangs up and a reload come as the same signal: without a terminal there is nothing to reload. */
	if (!isatty(STDIN_FILENO)) {
		event_base_loopbreak(p->loop.base);
		return;
	}
	if (conf_reload(p->conf, &errors)) {
		p->console->guard = p->conf->console_guard * 1000;
		p->console->alarm_every = p->conf->console_alarm_every * 1000;
		p->console->wall_shift = p->conf->console_wall_shift * 1000;
	} else {
		console_say(p->console, ST_BAD, "%s", _("the configuration has errors: nothing is changed (see fenbo -n)"));
	}
	err_list_free(&errors);
	settle(p);
}

static void left(void *ctx)
{
	struct program *p = ctx;

	event_base_loopbreak(p->loop.base);
}

static void on_effect(void *ctx, enum effect e, const char *text)
{
	struct program *p = ctx;

	switch (e) {
	case EFFECT_QUIT:    remote_logout(p->remote, strcmp(text, "keep") == 0, left, p); break;
	case EFFECT_SUSPEND: p->suspend = true; break;
	case EFFECT_REPAINT: screen_repaint(p->screen); break;
	case EFFECT_THEME:   screen_theme(p->screen, p->console->theme); break;
	case EFFECT_COPY:    screen_copy(p->screen, text); break;
	case EFFECT_BELL:
		if (strcmp(p->conf->console_alarms, "off") != 0)
			screen_bell(p->screen, strcmp(p->conf->console_alarms, "flash") == 0);
		break;
	default: break;
	}
}

static void on_news(void *ctx, bool urgent)
{
	struct program *p = ctx;

	p->console->mono = clock_monotonic();
	if (urgent) {
		p->urgent = true;
		settle(p);
	} else if (!evtimer_pending(p->burst, NULL)) {
		/* Many changes at once are settled once, when they are through and no key is waiting. */
		loop_after(p->burst, SLICE_MS);
	}
}

static void on_refused(void *ctx, const struct err *why)
{
	struct program *p = ctx;

	snprintf(p->refusal, sizeof p->refusal, "%s", why->message[0] ? why->message : err_sentence(why->code));
	p->status = err_exit(why->code) == 3 ? 3 : why->code == ERR_UNAVAILABLE ? 3 : 1;
	event_base_loopbreak(p->loop.base);
}

static struct event *on_signal(struct program *p, int number, event_callback_fn fn)
{
	struct event *e = evsignal_new(p->loop.base, number, fn, p);

	if (e)
		evsignal_add(e, NULL);
	return e;
}

static bool set_up(struct program *p, const struct keymap *keymap, const char *state_dir)
{
	const char *theme = strcmp(p->conf->console_theme, "auto") == 0 ? NULL : p->conf->console_theme;
	struct remote_events events = { on_effect, on_news, on_refused, p, p->wall };
	struct console_options o = { .port = remote_port(), .keymap = keymap, .theme = theme_find(theme, getenv("NO_COLOR")),
		.state_dir = state_dir, .guard = p->conf->console_guard * 1000, .alarm_every = p->conf->console_alarm_every * 1000,
		.wall = p->wall, .wall_shift = p->conf->console_wall_shift * 1000 };

	if (!loop_open(&p->loop))
		return false;
	p->remote = remote_new(&p->loop, p->conf, &events);
	o.port_ctx = p->remote;
	p->console = p->remote ? console_new(&o) : NULL;
	if (!p->console)
		return false;
	p->screen = screen_open(o.theme, (int)p->conf->console_escdelay, p->conf->console_mouse);
	if (!p->screen)
		return false;
	/* After curses has set its own handler for the window's size. */
	p->resized = on_signal(p, SIGWINCH, on_resize);
	p->terminated = on_signal(p, SIGTERM, on_end);
	p->hangup = on_signal(p, SIGINT, on_end);
	p->reload = on_signal(p, SIGHUP, on_reload);
	p->input = event_new(p->loop.base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, p);
	p->tick = evtimer_new(p->loop.base, on_tick, p);
	p->paint = evtimer_new(p->loop.base, on_paint, p);
	p->slice = evtimer_new(p->loop.base, on_slice, p);
	p->burst = evtimer_new(p->loop.base, on_slice, p);
	if (!p->resized || !p->terminated || !p->hangup || !p->reload || !p->input || !p->tick || !p->paint || !p->slice || !p->burst)
		return false;
	event_priority_set(p->slice, LOOP_SLICES);
	event_priority_set(p->burst, LOOP_SLICES);
	event_priority_set(p->input, LOOP_URGENT);
	return event_add(p->input, NULL) == 0;
}

static void free_event(struct event *e)
{
	if (e)
		event_free(e);
}

int program_run(struct conf *conf, const struct keymap *keymap, const char *state_dir, bool wall)
{
	struct program p = { .conf = conf, .wall = wall };

	p.key_at = clock_monotonic();
	if (set_up(&p, keymap, state_dir)) {
		tick_at_next_second(&p);
		remote_start(p.remote, p.console);
		settle(&p);
		event_base_dispatch(p.loop.base);
	} else {
		p.status = 1;
		snprintf(p.refusal, sizeof p.refusal, "%s", _("this terminal cannot be drawn on"));
	}
	/* The terminal first: whatever goes wrong after this is readable. */
	screen_close(p.screen);
	p.screen = NULL;
	remote_free(p.remote);
	console_free(p.console);
	free_event(p.input);
	free_event(p.tick);
	free_event(p.paint);
	free_event(p.slice);
	free_event(p.burst);
	free_event(p.resized);
	free_event(p.terminated);
	free_event(p.hangup);
	free_event(p.reload);
	loop_close(&p.loop);
	keys_free(&p.keys);
	grid_free(&p.grid);
	if (p.refusal[0])
		fprintf(stderr, "fenbo: %s\n", p.refusal);
	return p.status;
}
