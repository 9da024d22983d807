/* Golden screens: what stands in the grid, compared with tests/tui/golden/NAME.txt; `make golden` writes them anew. */
#ifndef FENBO_TESTS_TUI_GOLDEN_H
#define FENBO_TESTS_TUI_GOLDEN_H

#include "tests/tui/fake.h"

static inline void golden_check(struct fake *f, const char *name)
{
	struct buf now = { 0 }, was = { 0 };
	char path[256], chunk[4096];
	const char *write = getenv("FENBO_GOLDEN");
	FILE *file;
	size_t n;

	snprintf(path, sizeof path, "tests/tui/golden/%s.txt", name);
	grid_dump(&f->grid, &now);
	if (write && *write) {
		file = fopen(path, "w");
		assert_non_null(file);
		assert_int_equal(fwrite(now.data, 1, now.len, file), now.len);
		fclose(file);
		buf_free(&now);
		return;
	}
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s is missing: make golden", path);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(&was, chunk, n);
	fclose(file);
	if (was.len != now.len || memcmp(was.data, now.data, now.len) != 0)
		fail_msg("%s differs. Now:\n%s", path, buf_text(&now));
	buf_free(&now);
	buf_free(&was);
}

#endif
