/* What fenbo.show() says of a case, as any bytes: read or refused, and whatever spans it names can be asked for and drawn. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "tui/casefile.h"
#include "tui/common.h"
#include "tui/wrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void draw(const struct casefile *f, const struct wrap_mark *marks, int n)
{
	struct grid g = { 0 };

	MUST(grid_resize(&g, 6, 17));
	wrap_draw(&g, (struct rect){ 0, 0, 6, 17 }, 0, f->text, strlen(f->text), 0, marks, n);
	for (int i = 0; i < g.rows * g.cols; i++)
		MUST(g.cells[i].width <= 2);
	grid_free(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct casefile *f = casefile_read((const char *)data, len);
	struct wrap_mark marks[FIELDS_MAX], common[COMMON_MAX];
	int n = 0;

	if (!f)
		return 0;
	MUST(f->no > 0 && f->text && f->title && f->fields <= FIELDS_MAX && f->rec.n <= CASE_UNITS);
	MUST(utf8_valid(f->text, strlen(f->text)));
	for (int i = 0; i < f->fields; i++) {
		size_t bytes;
		const char *s = casefile_span(f, &f->field[i], &bytes);

		MUST(strlen(s) >= bytes && utf8_valid(s, bytes));
		marks[n++] = (struct wrap_mark){ f->field[i].from, f->field[i].to };
	}
	for (int u = 0; u < f->rec.n; u++)
		for (int r = 0; r < f->rec.unit[u].reasons; r++) {
			const struct case_reason *why = &f->rec.unit[u].reason[r];

			MUST(why->kind && why->text && (why->from < 0 || why->to > why->from));
		}
	MUST(f->read_place.candidates <= PLACE_CANDIDATES && f->burst.lines <= BURST_LINES);
	draw(f, marks, n);
	n = common_words(f->text, f->title, common);
	for (int i = 0; i < n; i++)
		MUST(common[i].from >= 0 && common[i].to > common[i].from && (i == 0 || common[i].from >= common[i - 1].to));
	draw(f, common, n);
	casefile_free(f);
	return 0;
}
