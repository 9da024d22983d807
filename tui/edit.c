#include "tui/edit.h"

#include <stdlib.h>
#include <string.h>

#include "conf/keymap.h"
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/base/width.h"
#include "tui/wrap.h"

enum { CTRL_A = 1, CTRL_E = 5, CTRL_K = 11, CTRL_U = 21, CTRL_W = 23, ESC = 27, BACKSPACE = 127 };

void edit_free(struct edit *e)
{
	if (e->secret && e->text)
		explicit_bzero(e->text, e->cap);
	free(e->text);
	e->text = NULL;
	e->len = e->cap = e->at = e->left = 0;
	e->top = 0;
}

const char *edit_text(const struct edit *e)
{
	return e->text ? e->text : "";
}

/* Room for `more` bytes and the NUL. The old memory of a secret is wiped, which realloc would not do. */
static bool reserve(struct edit *e, size_t more)
{
	size_t want = e->len + more + 1, max = e->max ? e->max : EDIT_MAX_BYTES;
	char *text;

	if (e->len + more > max)
		return false;
	if (want <= e->cap)
		return true;
	want = want < 64 ? 64 : want * 2;
	text = calloc(1, want);
	if (!text)
		return false;
	if (e->text) {
		memcpy(text, e->text, e->len);
		if (e->secret)
			explicit_bzero(e->text, e->cap);
		free(e->text);
	}
	e->text = text;
	e->cap = want;
	return true;
}

static void insert_raw(struct edit *e, const char *text, size_t len)
{
	size_t max = e->max ? e->max : EDIT_MAX_BYTES;

	if (e->len + len > max) {
		/* What fits, and no half character. */
		len = max - e->len;
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	if (len == 0 || !reserve(e, len))
		return;
	memmove(e->text + e->at + len, e->text + e->at, e->len - e->at);
	memcpy(e->text + e->at, text, len);
	e->len += len;
	e->at += len;
	e->text[e->len] = '\0';
}

void edit_insert(struct edit *e, const char *text, size_t len)
{
	struct buf clean = { .limit = PASTE_MAX_BYTES + 16 };

	clean_text(&clean, text, len, e->lines ? CLEAN_TEXT : CLEAN_LINE);
	insert_raw(e, buf_text(&clean), clean.len);
	if (e->secret && clean.data)
		explicit_bzero(clean.data, clean.len);
	buf_free(&clean);
}

void edit_set(struct edit *e, const char *text)
{
	e->len = e->at = e->left = 0;
	e->top = 0;
	if (e->text)
		e->text[0] = '\0';
	if (text)
		insert_raw(e, text, strlen(text));
}

/* One step back or on: a character with the marks that stand on it. */
static size_t step_back(const struct edit *e, size_t at)
{
	uint32_t cp;

	do {
		do
			at--;
		while (at > 0 && ((unsigned char)e->text[at] & 0xC0) == 0x80);
		utf8_decode(e->text + at, e->len - at, &cp);
	} while (at > 0 && width_point(cp) == 0 && cp != '\n');
	return at;
}

static size_t step_on(const struct edit *e, size_t at)
{
	uint32_t cp;

	at += utf8_decode(e->text + at, e->len - at, &cp);
	while (at < e->len) {
		size_t n = utf8_decode(e->text + at, e->len - at, &cp);

		if (cp == '\n' || width_point(cp) != 0)
			break;
		at += n;
	}
	return at;
}

static void cut(struct edit *e, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(e->text + from, e->text + to, e->len - to);
	e->len -= to - from;
	e->text[e->len] = '\0';
	e->at = from;
}

static size_t line_start(const struct edit *e)
{
	size_t at = e->at;

	while (at > 0 && e->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct edit *e)
{
	size_t at = e->at;

	while (at < e->len && e->text[at] != '\n')
		at++;
	return at;
}

static size_t word_start(const struct edit *e)
{
	size_t at = e->at;

	while (at > 0 && e->text[at - 1] == ' ')
		at--;
	while (at > 0 && e->text[at - 1] != ' ' && e->text[at - 1] != '\n')
		at = step_back(e, at);
	return at;
}

/* Line and column of the caret as wrapped at `cells`; *start is where that line begins. */
static int caret_line(const struct edit *e, int cells, size_t *start)
{
	size_t at = 0;
	int line = 0;

	for (;;) {
		size_t next, n = wrap_line(e->text + at, e->len - at, cells, &next);
		bool here = e->at <= at + n || at + next > e->at || at + next >= e->len;

		if (here && e->at == at + next && next > n) /* just behind a newline that ends the text */
			here = false;
		if (here && e->at == at + n && next == n && at + n < e->len)
			here = false; /* a soft break: the caret stands at the next line's start */
		if (here) {
			*start = at;
			return line;
		}
		at += next;
		line++;
		if (at >= e->len) {
			*start = e->len;
			return line;
		}
	}
}

static bool move_line(struct edit *e, int by)
{
	int cells = e->cells > 0 ? e->cells : 80, line, want, i = 0;
	size_t start, at = 0;

	if (e->len == 0)
		return false;
	line = caret_line(e, cells, &start);
	want = width_text(e->text + start, e->at - start);
	line += by;
	if (line < 0)
		return false;
	for (; i < line && at < e->len; i++) {
		size_t next;

		wrap_line(e->text + at, e->len - at, cells, &next);
		at += next;
	}
	if (i < line || (at == e->len && e->text[e->len - 1] != '\n'))
		return false;
	{
		size_t next, n = wrap_line(e->text + at, e->len - at, cells, &next);
		size_t fit = width_clip(e->text + at, n, want, NULL);

		if (fit == n && next == n && at + n < e->len && n > 0)
			fit = step_back(e, at + n) - at; /* stay on this side of a soft break */
		e->at = at + fit;
	}
	return true;
}

static bool move_to(struct edit *e, size_t at)
{
	bool moved = at != e->at;

	e->at = at;
	return moved;
}

static enum edit_said edit_move(struct edit *e, uint32_t code)
{
	bool moved = false;

	if (!e->text)
		return code == KEYMAP_UP || code == KEYMAP_DOWN ? EDIT_IGNORED : EDIT_MOVED;
	switch (code) {
	case KEYMAP_LEFT:  moved = e->at > 0 && move_to(e, step_back(e, e->at)); break;
	case KEYMAP_RIGHT: moved = e->at < e->len && move_to(e, step_on(e, e->at)); break;
	case KEYMAP_HOME: case CTRL_A: moved = move_to(e, line_start(e)); break;
	case KEYMAP_END: case CTRL_E: moved = move_to(e, line_end(e)); break;
	case KEYMAP_UP: return e->lines && move_line(e, -1) ? EDIT_MOVED : EDIT_IGNORED;
	case KEYMAP_DOWN: return e->lines && move_line(e, 1) ? EDIT_MOVED : EDIT_IGNORED;
	default: return EDIT_IGNORED;
	}
	(void)moved;
	return EDIT_MOVED;
}

static enum edit_said edit_erase(struct edit *e, uint32_t code)
{
	size_t before = e->len;

	if (!e->text)
		return EDIT_MOVED;
	switch (code) {
	case BACKSPACE:
		if (e->at > 0)
			cut(e, step_back(e, e->at), e->at);
		break;
	case KEYMAP_DEL:
		if (e->at < e->len)
			cut(e, e->at, step_on(e, e->at));
		break;
	case CTRL_K: cut(e, e->at, line_end(e)); break;
	case CTRL_U: cut(e, line_start(e), e->at); break;
	case CTRL_W: cut(e, word_start(e), e->at); break;
	default: return EDIT_IGNORED;
	}
	return e->len != before ? EDIT_CHANGED : EDIT_MOVED;
}

enum edit_said edit_key(struct edit *e, const struct key *k)
{
	size_t before = e->len;
	char bytes[4];

	switch (k->code) {
	case ESC:
		return EDIT_CANCEL;
	case '\n':
		if (!e->lines)
			return EDIT_ENTER;
		insert_raw(e, "\n", 1);
		return EDIT_CHANGED;
	case KEY_PASTE:
		edit_insert(e, k->text, k->len);
		return e->len != before ? EDIT_CHANGED : EDIT_MOVED;
	case BACKSPACE: case KEYMAP_DEL: case CTRL_K: case CTRL_U: case CTRL_W:
		return edit_erase(e, k->code);
	default:
		break;
	}
	if (k->code >= KEYMAP_BASE || k->code < ' ')
		return edit_move(e, k->code);
	/* A single character is cleaned by what is no character of its own: the class test of the grid's width. */
	if (width_point(k->code) < 0 || (width_point(k->code) == 0 && e->at == 0))
		return EDIT_IGNORED;
	insert_raw(e, bytes, utf8_encode(k->code, bytes));
	return EDIT_CHANGED;
}

static void draw_dots(const struct edit *e, struct grid *g, struct rect area, style_t style, bool focus)
{
	int n = (int)utf8_count(edit_text(e), e->len), at = (int)utf8_count(edit_text(e), e->at);

	for (int i = 0; i < n && i < area.cols; i++)
		grid_puts(g, area.row, area.col + i, 1, style, "*");
	if (focus)
		grid_caret(g, area.row, area.col + (at < area.cols ? at : area.cols - 1));
}

static void draw_line(struct edit *e, struct grid *g, struct rect area, style_t style, bool focus)
{
	const char *text = edit_text(e);

	if (!focus) { /* its beginning says best what stands there */
		grid_field(g, area.row, area.col, area.cols, style, text);
		return;
	}
	if (e->left > e->at)
		e->left = e->at;
	while (width_text(text + e->left, e->at - e->left) >= area.cols && e->left < e->at)
		e->left = step_on(e, e->left);
	grid_text(g, area.row, area.col, area.cols, style, text + e->left, e->len - e->left);
	if (focus)
		grid_caret(g, area.row, area.col + width_text(text + e->left, e->at - e->left));
}

void edit_draw(struct edit *e, struct grid *g, struct rect area, style_t style, bool focus)
{
	size_t start = 0;
	int line = 0;

	if (area.rows < 1 || area.cols < 2)
		return;
	grid_fill(g, area, style);
	if (e->secret) {
		draw_dots(e, g, area, style, focus);
		return;
	}
	if (!e->lines) {
		draw_line(e, g, area, style, focus);
		return;
	}
	e->cells = area.cols - 1; /* room for the caret behind a full line */
	if (e->len > 0)
		line = caret_line(e, e->cells, &start);
	if (line < e->top)
		e->top = line;
	if (line >= e->top + area.rows)
		e->top = line - area.rows + 1;
	wrap_draw(g, (struct rect){ area.row, area.col, area.rows, e->cells }, style, edit_text(e), e->len, e->top, NULL, 0);
	if (focus)
		grid_caret(g, area.row + line - e->top, area.col + width_text(edit_text(e) + start, e->at - start));
}
