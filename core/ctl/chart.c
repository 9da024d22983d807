#include "core/ctl/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "core/base/utf8.h"
#include "core/base/width.h"

enum { LEFT = 44, RIGHT = 20, TOP = 26, BOTTOM = 24, CELL_PX = 6 }; /* CELL_PX: half a Chinese character of the axis font */

void chart_text(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		uint32_t cp;
		size_t n = utf8_decode(text + at, len - at, &cp);

		if (n == 0)
			break;
		if (cp == '&')
			buf_puts(out, "&amp;");
		else if (cp == '<')
			buf_puts(out, "&lt;");
		else if (cp == '>')
			buf_puts(out, "&gt;");
		else if (cp == '"')
			buf_puts(out, "&quot;");
		else if (cp == '\'')
			buf_puts(out, "&#39;");
		else if (cp == '\n' || cp == '\t')
			buf_putc(out, ' ');
		else if (width_point(cp) >= 0 && cp != 0xfffd)
			buf_add(out, text + at, n);
		at += n;
	}
}

static void open_svg(struct buf *out, int width, int height, const char *class)
{
	buf_printf(out, "<svg class=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">", class, width, height, width, height);
}

static void put_text(struct buf *out, double x, double y, const char *anchor, const char *class, const char *text)
{
	buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class);
	chart_text(out, text);
	buf_puts(out, "</text>");
}

static void show_number(double v, char out[24])
{
	if (v >= 10000 && fmod(v, 1000) == 0)
		snprintf(out, 24, "%.0fk", v / 1000);
	else
		snprintf(out, 24, v == floor(v) ? "%.0f" : "%.1f", v);
}

/* The step of an axis that reaches `most` in about `lines` lines: 1, 2 or 5 times a power of ten. */
static double nice_step(double most, int lines)
{
	double raw = most / lines, power;

	if (!(raw > 0))
		return 1;
	power = pow(10, floor(log10(raw)));
	raw /= power;
	return (raw <= 1 ? 1 : raw <= 2 ? 2 : raw <= 5 ? 5 : 10) * power;
}

static double greatest(const double *value, int n, double so_far)
{
	for (int i = 0; i < n; i++)
		so_far = value[i] > so_far ? value[i] : so_far;
	return so_far;
}

/* --- lines ------------------------------------------------------------------------------------------------------------- */

struct plot { double x0, y0, w, h, top; int n; };

static double plot_x(const struct plot *p, int i)
{
	return p->n > 1 ? p->x0 + p->w * i / (p->n - 1) : p->x0 + p->w / 2;
}

static double plot_y(const struct plot *p, double v)
{
	return p->y0 + p->h - p->h * v / p->top;
}

static void draw_axis(struct buf *out, const struct plot *p, double step, const char *const *label)
{
	int widest = 1, every;
	char text[24];

	for (double v = 0; v <= p->top + step / 2; v += step) {
		buf_printf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", p->x0, p->x0 + p->w, plot_y(p, v), plot_y(p, v),
		    v > 0 ? "grid" : "axis");
		show_number(v, text);
		put_text(out, p->x0 - 6, plot_y(p, v) + 4, "end", "tick", text);
	}
	for (int i = 0; i < p->n; i++)
		widest = width_text(label[i], strlen(label[i])) > widest ? width_text(label[i], strlen(label[i])) : widest;
	every = (int)ceil((widest + 1) * CELL_PX * p->n / p->w);
	for (int i = 0; i < p->n; i += every > 0 ? every : 1)
		put_text(out, plot_x(p, i), p->y0 + p->h + 16, "middle", "tick", label[i]);
}

static void draw_path(struct buf *out, const struct plot *p, const struct chart_series *s)
{
	bool down = false;
	int last = -1, first = -1;

	for (int i = 0; i < p->n; i++)
		if (s->value[i] >= 0) {
			first = first < 0 ? i : first;
			last = i;
		}
	if (last < 0)
		return;
	if (s->area) {
		buf_printf(out, "<path class=\"area\" fill=\"%s\" d=\"M%.1f %.1f", s->color, plot_x(p, first), plot_y(p, 0));
		for (int i = first; i <= last; i++)
			if (s->value[i] >= 0)
				buf_printf(out, "L%.1f %.1f", plot_x(p, i), plot_y(p, s->value[i]));
		buf_printf(out, "L%.1f %.1fZ\"/>", plot_x(p, last), plot_y(p, 0));
	}
	buf_printf(out, "<path class=\"%s\" stroke=\"%s\" d=\"", s->faint ? "line faint" : "line", s->color);
	for (int i = 0; i < p->n; i++) {
		if (s->value[i] >= 0)
			buf_printf(out, "%c%.1f %.1f", down ? 'L' : 'M', plot_x(p, i), plot_y(p, s->value[i]));
		down = s->value[i] >= 0;
	}
	buf_puts(out, "\"/>");
	if (!s->faint)
		buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", plot_x(p, last), plot_y(p, s->value[last]), s->color);
}

void chart_lines(struct buf *out, int width, int height, const char *const *label, int n, const struct chart_series *series, int nseries)
{
	struct plot p = { LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM, 0, n };
	double step, x = LEFT;

	for (int i = 0; i < nseries; i++)
		p.top = greatest(series[i].value, n, p.top);
	step = nice_step(p.top, 4);
	if (step < 1)
		step = 1;
	p.top = p.top > 0 ? ceil(p.top / step) * step : step;
	open_svg(out, width, height, "chart");
	draw_axis(out, &p, step, label);
	for (int i = 0; i < nseries; i++)
		draw_path(out, &p, &series[i]);
	for (int i = 0; i < nseries; i++) { /* legend */
		buf_printf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"10\" class=\"%s\" stroke=\"%s\"/>", x, x + 18,
		    series[i].faint ? "line faint" : "line", series[i].color);
		put_text(out, x + 24, 14, "start", "legend", series[i].label);
		x += 24 + width_text(series[i].label, strlen(series[i].label)) * 6.6 + 22;
	}
	buf_puts(out, "</svg>\n");
}

/* --- bars -------------------------------------------------------------------------------------------------------------- */

/* As much of a label as fits, ended by … when it does not. */
static void put_clipped(struct buf *out, double x, double y, int cells, const char *text)
{
	char room[400];
	size_t len = strlen(text), fits = width_clip(text, len, cells, NULL);

	if (fits < len)
		fits = width_clip(text, len, cells - 1, NULL);
	snprintf(room, sizeof room, "%.*s%s", (int)(fits < 380 ? fits : 380), text, fits < len ? "…" : "");
	put_text(out, x, y, "end", "label", room);
}

void chart_bars(struct buf *out, int width, int label_px, const struct chart_bar *bar, int n)
{
	enum { PITCH = 22, BAR = 13, NOTE = 92 };
	double most = 0, room = width - label_px - NOTE;

	for (int i = 0; i < n; i++) {
		most = bar[i].value > most ? bar[i].value : most;
		most = bar[i].was > most ? bar[i].was : most;
	}
	open_svg(out, width, n * PITCH + 4, "chart");
	for (int i = 0; i < n; i++) {
		double y = i * PITCH + 4, w = most > 0 ? room * bar[i].value / most : 0;

		put_clipped(out, label_px - 8, y + 11, (label_px - 10) / 6, bar[i].label);
		buf_printf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" class=\"rail\"/>", label_px, y, room, BAR);
		if (bar[i].value > 0)
			buf_printf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\" rx=\"1.5\"/>", label_px, y, w < 1 ? 1 : w, BAR, bar[i].color);
		if (bar[i].was >= 0 && most > 0)
			buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"2\" height=\"%d\" class=\"was\"/>", label_px + room * bar[i].was / most - 1, y - 2, BAR + 4);
		put_text(out, label_px + room + 8, y + 11, "start", "note", bar[i].note);
	}
	buf_puts(out, "</svg>\n");
}

void chart_columns(struct buf *out, int width, int height, const char *const *label, const double *value, int n, const char *color)
{
	struct plot p = { LEFT, 8, width - LEFT - RIGHT, height - 8 - BOTTOM, greatest(value, n, 0), n };
	double step = nice_step(p.top, 3), pitch = n > 0 ? p.w / n : p.w;
	int widest = 1, every;
	char text[24];

	step = step < 1 ? 1 : step;
	p.top = p.top > 0 ? ceil(p.top / step) * step : step;
	open_svg(out, width, height, "chart");
	for (double v = 0; v <= p.top + step / 2; v += step) {
		buf_printf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", p.x0, p.x0 + p.w, plot_y(&p, v), plot_y(&p, v), v > 0 ? "grid" : "axis");
		show_number(v, text);
		put_text(out, p.x0 - 6, plot_y(&p, v) + 4, "end", "tick", text);
	}
	for (int i = 0; i < n; i++)
		widest = width_text(label[i], strlen(label[i])) > widest ? width_text(label[i], strlen(label[i])) : widest;
	every = (int)ceil((widest + 1) * CELL_PX / pitch);
	for (int i = 0; i < n; i++) {
		if (value[i] > 0)
			buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", p.x0 + pitch * i + pitch * 0.12, plot_y(&p, value[i]),
			    pitch * 0.76, p.h * value[i] / p.top, color);
		if (i % (every > 0 ? every : 1) == 0)
			put_text(out, p.x0 + pitch * (i + 0.5), p.y0 + p.h + 16, "middle", "tick", label[i]);
	}
	buf_puts(out, "</svg>\n");
}

/* --- heat -------------------------------------------------------------------------------------------------------------- */

/* From nearly white to deep blue; 0 is plain. */
static void heat_color(double share, char out[8])
{
	static const unsigned char stop[][3] = { { 0xea, 0xf1, 0xf8 }, { 0x9f, 0xc3, 0xe4 }, { 0x3f, 0x86, 0xc4 }, { 0x12, 0x3f, 0x72 } };
	double at = share * 3;
	int i = at >= 3 ? 2 : (int)at, rgb[3];

	for (int c = 0; c < 3; c++)
		rgb[c] = (int)(stop[i][c] + (stop[i + 1][c] - stop[i][c]) * (at - i) + 0.5);
	snprintf(out, 8, "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255, rgb[2] & 255);
}

void chart_heat(struct buf *out, int width, const char *const *row_label, int rows, const char *const *col_label, int cols, const double *value)
{
	double most = greatest(value, rows * cols, 0), pitch = (double)(width - LEFT - 4) / cols, h = pitch < 26 ? pitch : 26;

	open_svg(out, width, (int)(rows * h + 24), "chart");
	for (int r = 0; r < rows; r++) {
		put_text(out, LEFT - 8, r * h + h / 2 + 4, "end", "tick", row_label[r]);
		for (int c = 0; c < cols; c++) {
			double v = value[r * cols + c];
			char color[8] = "#f6f8fa", text[24];

			if (v > 0 && most > 0)
				heat_color(v / most, color);
			show_number(v > 0 ? v : 0, text);
			buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" rx=\"2\"><title>", LEFT + c * pitch + 1, r * h + 1, pitch - 2,
			    h - 2, color);
			chart_text(out, row_label[r]);
			buf_putc(out, ' ');
			chart_text(out, col_label[c]);
			buf_printf(out, ": %s</title></rect>", text);
			if (v > 0 && pitch >= 22 && most < 10000)
				put_text(out, LEFT + (c + 0.5) * pitch, r * h + h / 2 + 3.5, "middle", v / most > 0.55 ? "in light" : "in", text);
		}
	}
	for (int c = 0; c < cols; c++)
		put_text(out, LEFT + (c + 0.5) * pitch, rows * h + 16, "middle", "tick", col_label[c]);
	buf_puts(out, "</svg>\n");
}

/* --- small ones -------------------------------------------------------------------------------------------------------- */

void chart_spark(struct buf *out, int width, int height, const double *value, int n, const char *color)
{
	double low = INFINITY, high = -INFINITY, x = 0, y = 0;
	bool down = false;

	open_svg(out, width, height, "spark");
	for (int i = 0; i < n; i++)
		if (value[i] >= 0) {
			low = value[i] < low ? value[i] : low;
			high = value[i] > high ? value[i] : high;
		}
	if (high >= low) {
		buf_printf(out, "<path class=\"line\" stroke=\"%s\" d=\"", color);
		for (int i = 0; i < n; i++) {
			if (value[i] >= 0) {
				x = n > 1 ? 3 + (width - 6.0) * i / (n - 1) : width / 2.0;
				y = high > low ? 3 + (height - 6.0) * (high - value[i]) / (high - low) : height / 2.0;
				buf_printf(out, "%c%.1f %.1f", down ? 'L' : 'M', x, y);
			}
			down = value[i] >= 0;
		}
		buf_printf(out, "\"/><circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>", x, y, color);
	}
	buf_puts(out, "</svg>");
}

void chart_share(struct buf *out, int width, int height, double share, const char *color)
{
	share = share > 1 ? 1 : share > 0 ? share : 0;
	open_svg(out, width, height, "share");
	buf_printf(out, "<rect x=\"0\" y=\"0\" width=\"%d\" height=\"%d\" class=\"rail\" rx=\"2\"/>", width, height);
	if (share > 0)
		buf_printf(out, "<rect x=\"0\" y=\"0\" width=\"%.1f\" height=\"%d\" fill=\"%s\" rx=\"2\"/>", width * share < 2 ? 2 : width * share, height, color);
	buf_puts(out, "</svg>");
}
