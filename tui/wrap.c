#include "tui/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/base/width.h"

static bool is_closing(uint32_t cp)
{
	switch (cp) {
	case 0x3001: case 0x3002: case 0x3009: case 0x300B: case 0x300D: case 0x300F: case 0x3011: case 0x2019: case 0x201D:
	case 0x2026: case 0xFF01: case 0xFF09: case 0xFF0C: case 0xFF0E: case 0xFF1A: case 0xFF1B: case 0xFF1F: case 0xFF5D:
	case '!': case ')': case ',': case '.': case ':': case ';': case '?': case ']': case '}':
		return true;
	default:
		return false;
	}
}

static bool is_opening(uint32_t cp)
{
	return cp == 0x3008 || cp == 0x300A || cp == 0x300C || cp == 0x300E || cp == 0x3010 || cp == 0x2018 || cp == 0x201C ||
	    cp == 0xFF08 || cp == '(' || cp == '[';
}

static bool is_word(uint32_t cp)
{
	return cp > ' ' && cp < 0x2E80 && !is_closing(cp) && !is_opening(cp) && cp != '-' && cp != '/';
}

size_t wrap_line(const char *s, size_t len, int cells, size_t *next)
{
	size_t at = 0, good = 0; /* good: the last place where a line may end */
	uint32_t before = 0;
	int used = 0;

	if (cells < 2)
		cells = 2;
	while (at < len) {
		uint32_t cp;
		size_t n = utf8_decode(s + at, len - at, &cp);
		int w = width_point(cp);

		if (cp == '\n') {
			*next = at + 1;
			return at;
		}
		if (w < 0)
			w = 1;
		if (at > 0 && w > 0 && !is_closing(cp) && !is_opening(before) && !(is_word(before) && is_word(cp)) && cp != ' ')
			good = at;
		if (used + w > cells) {
			size_t end = good > 0 ? good : at;

			*next = end;
			if (cp == ' ' && end == at)
				*next = at + 1;
			return end;
		}
		used += w;
		at += n;
		if (w > 0)
			before = cp;
	}
	*next = len;
	return len;
}

int wrap_count(const char *s, size_t len, int cells)
{
	int lines = 0;

	do {
		size_t next;

		wrap_line(s, len, cells, &next);
		s += next;
		len -= next;
		lines++;
	} while (len > 0);
	return lines;
}

int wrap_line_of(const char *s, size_t len, int cells, int point)
{
	size_t at = utf8_offset(s, len, point > 0 ? (size_t)point : 0), done = 0, next;
	int line = 0;

	while (wrap_line(s + done, len - done, cells, &next), done + next <= at && done + next < len) {
		done += next;
		line++;
	}
	return line;
}

static bool is_marked(int point, const struct wrap_mark *marks, int n)
{
	for (int i = 0; i < n; i++)
		if (point >= marks[i].from && point < marks[i].to)
			return true;
	return false;
}

static void draw_line(struct grid *g, int row, struct rect area, style_t style, const char *s, size_t len, int point,
    const struct wrap_mark *marks, int nmarks)
{
	int col = 0;

	if (nmarks == 0) {
		grid_text(g, row, area.col, area.cols, style, s, len);
		return;
	}
	while (len > 0) {
		bool on = is_marked(point, marks, nmarks);
		size_t run = 0;

		while (run < len && is_marked(point, marks, nmarks) == on) {
			uint32_t cp;

			run += utf8_decode(s + run, len - run, &cp);
			point++;
		}
		col += grid_text(g, row, area.col + col, area.cols - col, on ? style | STYLE_MATCH : style, s, run);
		s += run;
		len -= run;
	}
}

int wrap_draw(struct grid *g, struct rect area, style_t style, const char *s, size_t len, int first,
    const struct wrap_mark *marks, int nmarks)
{
	int line = 0, point = 0;

	if (area.cols < 2)
		return 0;
	do {
		size_t next, n = wrap_line(s, len, area.cols, &next);

		if (line >= first && line < first + area.rows)
			draw_line(g, area.row + line - first, area, style, s, n, point, marks, nmarks);
		if (nmarks > 0)
			point += (int)utf8_count(s, next);
		s += next;
		len -= next;
		line++;
	} while (len > 0);
	return line;
}
