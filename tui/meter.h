/*
 * Shares drawn in cells: a bar in eighths of a cell, and a spark line of eight heights. What they show is always written beside them
 * as a number too: colour and length are never the only sign.
 */
#ifndef FENBO_TUI_METER_H
#define FENBO_TUI_METER_H

#include "tui/grid.h"

/* A bar of exactly `cells` cells from col on, share 0–1 of them filled (what lies outside is taken as 0 or 1). A share above nothing shows
 * at least an eighth: "hardly" must not look like "never". The rest is dotted, so that its whole length is seen without colour. */
void meter_bar(struct grid *g, int row, int col, int cells, double share);
/* n values as columns of one cell each, from low to high; a value below 0 is a gap. At most `cells` of them, the last ones. */
void meter_spark(struct grid *g, int row, int col, int cells, const double *value, int n, double low, double high);
/* "97%" in four cells, right-aligned. Neither 100% nor 0% unless it is: 99.6 stays 99, 0.4 is "<1%". */
void meter_percent(double share, char out[8]);

#endif
