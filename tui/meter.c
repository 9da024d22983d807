#include "tui/meter.h"

#include <stdio.h>

#include "tui/theme.h"

void meter_bar(struct grid *g, int row, int col, int cells, double share)
{
	static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int eighths, at = 0;

	if (!(share > 0))
		share = 0;
	if (share > 1)
		share = 1;
	eighths = (int)(share * cells * 8 + 0.5);
	if (eighths == 0 && share > 0)
		eighths = 1;
	for (; at < eighths / 8; at++)
		grid_puts(g, row, col + at, 1, ST_BAR, "█");
	if (at < cells && eighths % 8 != 0)
		grid_puts(g, row, col + at++, 1, ST_BAR, parts[eighths % 8]);
	for (; at < cells; at++)
		grid_puts(g, row, col + at, 1, ST_BAR_REST, "·");
}

void meter_spark(struct grid *g, int row, int col, int cells, const double *value, int n, double low, double high)
{
	static const char *const heights[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

	if (n > cells) {
		value += n - cells;
		n = cells;
	}
	for (int i = 0; i < n; i++) {
		double share = high > low ? (value[i] - low) / (high - low) : 1;
		int h = (int)(share * 8);

		if (value[i] < 0)
			grid_puts(g, row, col + i, 1, ST_BAR_REST, "·");
		else
			grid_puts(g, row, col + i, 1, ST_BAR, heights[h < 0 ? 0 : h > 7 ? 7 : h]);
	}
}

void meter_percent(double share, char out[8])
{
	int percent;

	if (!(share > 0))
		share = 0;
	percent = share >= 1 ? 100 : (int)(share * 100 + 0.5);
	if (percent >= 100 && share < 1)
		percent = 99;
	if (percent == 0 && share > 0)
		snprintf(out, 8, " <1%%");
	else
		snprintf(out, 8, "%3d%%", percent);
}
