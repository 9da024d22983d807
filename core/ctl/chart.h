/*
 * Charts as SVG, for a page that has no script and loads nothing: lines, bars, a heat table, sparks. Pure functions from numbers to text; the same
 * numbers give the same bytes. Every text that comes in is escaped here, so that a title with markup in it stays a title.
 */
#ifndef FENBO_CTL_CHART_H
#define FENBO_CTL_CHART_H

#include <stdbool.h>
#include "core/base/buf.h"

/* Text for HTML and SVG, in an element or between double quotes: the five characters escaped, what is no printable text left out. */
void chart_text(struct buf *out, const char *text);

/* A value below zero is a gap. */
struct chart_series {
	const char *label, *color;
	const double *value;    /* as many as there are labels along the axis */
	bool faint;             /* thin and dashed: the period before */
	bool area;              /* filled below */
};
/* label[n]: along the axis; as many of them are written as fit. width and height in pixels. */
void chart_lines(struct buf *out, int width, int height, const char *const *label, int n, const struct chart_series *series, int nseries);

struct chart_bar {
	const char *label, *note; /* note: at the right end */
	double value, was;        /* was: a thin mark, the period before; below zero = none */
	const char *color;
};
/* Bars lying one below the other, longest value over the whole width; label_px for what they are called. */
void chart_bars(struct buf *out, int width, int label_px, const struct chart_bar *bar, int n);

/* Columns side by side with their labels below. */
void chart_columns(struct buf *out, int width, int height, const char *const *label, const double *value, int n, const char *color);

/* rows × cols cells, darker for more; the value stands in a cell as a tooltip. */
void chart_heat(struct buf *out, int width, const char *const *row_label, int rows, const char *const *col_label, int cols, const double *value);

/* A line of a few values without axes, its last one marked. */
void chart_spark(struct buf *out, int width, int height, const double *value, int n, const char *color);

/* A share of a whole as a filled bar. */
void chart_share(struct buf *out, int width, int height, double share, const char *color);

#endif
