#define NCURSES_WIDECHAR 1
#include "tui/screen.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/keys.h"

enum { MAX_PAIRS = 250, PASTE_CODE = 2001, PASTE_END_CODE = 2002 };

struct screen {
	SCREEN *term;
	const struct theme *theme;
	struct grid shown; /* what the terminal shows, as far as we know */
	bool all;          /* nothing is known */
	int colours;
	struct pair { short fg, bg; } pairs[MAX_PAIRS];
	int npairs;
};

static void tell_terminal(const char *bytes)
{
	/* Past curses: no cursor is moved, nothing is drawn by these. */
	fflush(stdout);
	for (size_t left = strlen(bytes); left > 0;) {
		ssize_t n = write(STDOUT_FILENO, bytes, left);

		if (n <= 0)
			return;
		bytes += n;
		left -= (size_t)n;
	}
}

static void set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	meta(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	intrflush(stdscr, FALSE);
	raw(); /* Ctrl-C, Ctrl-Z and Ctrl-Q are keys like others; the console decides */
}

static void bracketed_paste(bool on)
{
	tell_terminal(on ? "\033[?2004h" : "\033[?2004l");
}

struct screen *screen_open(const struct theme *t, int escdelay_ms, bool mouse)
{
	struct screen *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	set_escdelay(escdelay_ms);
	s->term = newterm(NULL, stdout, stdin);
	if (!s->term) {
		free(s);
		return NULL;
	}
	set_term(s->term);
	set_modes();
	if (has_colors()) {
		start_color();
		use_default_colors();
		s->colours = COLORS;
	}
	define_key("\033[200~", PASTE_CODE);
	define_key("\033[201~", PASTE_END_CODE);
	bracketed_paste(true);
	if (mouse)
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	s->theme = t;
	s->all = true;
	return s;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	bracketed_paste(false);
	endwin();
	delscreen(s->term);
	grid_free(&s->shown);
	free(s);
}

void screen_theme(struct screen *s, const struct theme *t)
{
	s->theme = t;
	s->npairs = 0;
	s->all = true;
}

void screen_size(const struct screen *s, int *rows, int *cols)
{
	(void)s;
	getmaxyx(stdscr, *rows, *cols);
}

void screen_resize(struct screen *s)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0)
		resizeterm(w.ws_row, w.ws_col);
	for (;;) {
		int c = getch();

		if (c == KEY_RESIZE)
			continue;
		if (c != ERR)
			ungetch(c); /* somebody typed while the window changed */
		break;
	}
	screen_repaint(s);
}

void screen_repaint(struct screen *s)
{
	clearok(curscr, TRUE);
	s->all = true;
}

static short pair_of(struct screen *s, short fg, short bg)
{
	if (fg < 0 && bg < 0)
		return 0;
	for (int i = 0; i < s->npairs; i++)
		if (s->pairs[i].fg == fg && s->pairs[i].bg == bg)
			return (short)(i + 1);
	if (s->npairs == MAX_PAIRS || s->npairs + 1 >= COLOR_PAIRS)
		return 0;
	s->pairs[s->npairs] = (struct pair){ fg, bg };
	s->npairs++;
	init_pair((short)s->npairs, fg, bg);
	return (short)s->npairs;
}

static attr_t attributes(struct screen *s, style_t style, short *pair)
{
	struct look look = theme_look(s->theme, style);
	attr_t a = A_NORMAL;
	bool many = s->colours >= 256;

	*pair = s->colours < 8 ? 0 : many ? pair_of(s, look.fg, look.bg) : pair_of(s, look.fg8, look.bg8);
	if (look.attr & LOOK_BOLD)
		a |= A_BOLD;
	if (look.attr & LOOK_UNDER)
		a |= A_UNDERLINE;
	if (look.attr & LOOK_REVERSE)
		a |= A_REVERSE;
	/* Faint on top of a grey would be too faint to read. */
	if ((look.attr & LOOK_FAINT) && !(many && look.fg >= 0))
		a |= A_DIM;
	if (s->colours < 8 && look.bg >= 0)
		a |= A_REVERSE;
	return a;
}

/* A blank has no foreground: it may keep the attributes of what stands before it, which saves the terminal a change of colour
 * and back for every gap. */
static bool blank_fits(const struct screen *s, const struct cell *c, style_t before)
{
	struct look a, b;

	if (c->cp[0] != ' ' || c->cp[1] != 0)
		return false;
	a = theme_look(s->theme, c->style);
	b = theme_look(s->theme, before);
	return a.bg == b.bg && a.bg8 == b.bg8 && !((a.attr | b.attr) & (LOOK_REVERSE | LOOK_UNDER));
}

static void write_run(struct screen *s, const struct grid *g, int row, int from, int to)
{
	style_t style = 0xFFFF;
	attr_t attr = 0;
	short pair = 0;

	move(row, from);
	for (int col = from; col < to; col++) {
		const struct cell *c = grid_at(g, row, col);
		wchar_t text[CELL_POINTS + 1] = { 0 };
		cchar_t out;

		if (c->width == 0)
			continue;
		if (c->style != style && !(style != 0xFFFF && blank_fits(s, c, style))) {
			style = c->style;
			attr = attributes(s, style, &pair);
		}
		for (int i = 0; i < CELL_POINTS; i++)
			text[i] = (wchar_t)c->cp[i];
		/* An exact fit at the bottom right answers ERR and is drawn all the same. */
		if (setcchar(&out, text, attr, pair, NULL) == OK)
			add_wch(&out);
	}
}

/* Runs of changed cells, closed up over short gaps, and never beginning or ending inside a character of either grid. */
static void paint_row(struct screen *s, const struct grid *g, int row)
{
	const struct cell *now = grid_at(g, row, 0);
	const struct cell *old = s->all ? NULL : grid_at(&s->shown, row, 0);
	int col = 0;

	if (old && memcmp(now, old, sizeof *now * (size_t)g->cols) == 0)
		return;
	while (col < g->cols) {
		int from, to;

		while (old && col < g->cols && memcmp(&now[col], &old[col], sizeof *now) == 0)
			col++;
		if (col == g->cols)
			return;
		from = col;
		while (from > 0 && (now[from].width == 0 || (old && old[from].width == 0)))
			from--;
		for (to = col + 1; to < g->cols; to++)
			if (old && memcmp(&now[to], &old[to], sizeof *now) == 0 && now[to].width != 0 && old[to].width != 0)
				break;
		write_run(s, g, row, from, to);
		col = to;
	}
}

void screen_paint(struct screen *s, const struct grid *g)
{
	size_t bytes = sizeof *g->cells * (size_t)g->rows * (size_t)g->cols;

	if (s->shown.rows != g->rows || s->shown.cols != g->cols) {
		if (!grid_resize(&s->shown, g->rows, g->cols))
			return;
		s->all = true;
	}
	for (int row = 0; row < g->rows; row++)
		paint_row(s, g, row);
	memcpy(s->shown.cells, g->cells, bytes);
	s->all = false;
	if (g->caret_row >= 0) {
		move(g->caret_row, g->caret_col);
		curs_set(1);
	} else {
		curs_set(0);
	}
	wnoutrefresh(stdscr);
	doupdate();
}

static int mouse_key(void)
{
	MEVENT m;
	int kind;

	if (getmouse(&m) != OK || m.x < 0 || m.x > 1023 || m.y < 0 || m.y > 1023)
		return -1;
	kind = m.bstate & BUTTON4_PRESSED ? MOUSE_UP : m.bstate & BUTTON5_PRESSED ? MOUSE_DOWN : MOUSE_CLICK;
	return RAW_MOUSE + (kind << 20) + (m.y << 10) + m.x;
}

int screen_key(struct screen *s)
{
	static const struct { int curses, ours; } names[] = {
		{ KEY_UP, RAW_UP }, { KEY_DOWN, RAW_DOWN }, { KEY_LEFT, RAW_LEFT }, { KEY_RIGHT, RAW_RIGHT },
		{ KEY_PPAGE, RAW_PGUP }, { KEY_NPAGE, RAW_PGDN }, { KEY_HOME, RAW_HOME }, { KEY_END, RAW_END },
		{ KEY_IC, RAW_INS }, { KEY_DC, RAW_DEL }, { KEY_BACKSPACE, RAW_BACKSPACE }, { KEY_BTAB, RAW_BACK_TAB },
		{ KEY_ENTER, '\r' }, { PASTE_CODE, RAW_PASTE }, { PASTE_END_CODE, RAW_PASTE_END },
		{ KEY_A1, RAW_HOME }, { KEY_A3, RAW_PGUP }, { KEY_C1, RAW_END }, { KEY_C3, RAW_PGDN },
	};

	(void)s;
	for (;;) {
		int c = getch();

		if (c == ERR)
			return -1;
		if (c < 256)
			return c;
		if (c == KEY_MOUSE) {
			c = mouse_key();
			if (c >= 0)
				return c;
			continue;
		}
		if (c >= KEY_F(1) && c <= KEY_F(20))
			return RAW_F0 + (c - KEY_F(0));
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			if (names[i].curses == c)
				return names[i].ours;
	}
}

void screen_suspend(struct screen *s)
{
	(void)s;
	bracketed_paste(false);
	endwin();
}

void screen_resume(struct screen *s)
{
	set_modes();
	bracketed_paste(true);
	screen_resize(s);
}

void screen_bell(struct screen *s, bool flashing)
{
	(void)s;
	if (flashing)
		flash();
	else
		beep();
}

void screen_copy(struct screen *s, const char *ascii)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char out[256] = "\033]52;c;";
	size_t at = strlen(out), len = strlen(ascii);

	(void)s;
	for (size_t i = 0; i < len && at < sizeof out - 8; i += 3) {
		unsigned v = (unsigned)(unsigned char)ascii[i] << 16;

		v |= i + 1 < len ? (unsigned)(unsigned char)ascii[i + 1] << 8 : 0;
		v |= i + 2 < len ? (unsigned)(unsigned char)ascii[i + 2] : 0;
		out[at++] = digits[v >> 18];
		out[at++] = digits[v >> 12 & 63];
		out[at++] = i + 1 < len ? digits[v >> 6 & 63] : '=';
		out[at++] = i + 2 < len ? digits[v & 63] : '=';
	}
	memcpy(out + at, "\a", 2);
	tell_terminal(out);
}
