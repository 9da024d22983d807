/*
 * Strict INI: what iniparser would read wrongly or in silence is refused before it sees the file, every error at once
 * with its line: keys given twice, unknown forms, values that a raw # or ; would cut, lines over its limit, bytes that
 * are not text. What is left is read through iniparser, and each value is compared with what the scan saw.
 */
#ifndef FENBO_CONF_INI_H
#define FENBO_CONF_INI_H

#include <stdbool.h>
#include <stddef.h>
#include "conf/err_list.h"

enum { INI_LINE_MAX = 1000 };        /* bytes; iniparser fails the whole file at 1,024 */
enum { INI_FILE_MAX = 1024 * 1024 }; /* bytes */

struct ini_entry {
	const char *section, *key, *value; /* lower-case names; UTF-8 values without their quotes */
	int line;
	bool refused; /* an error says why; the value is not to be believed, only that the key stands here */
};
struct ini; /* opaque; owns its strings */

/* `name` is what errors call the file. What is wrong is added to errs, and what stands beside it is still returned, so that
 * the values can be judged in the same pass; NULL when there is nothing to judge (unreadable, too large, neither
 * encoding). UTF-8, or GB18030 when it is not valid UTF-8 (routing.ini edited on an office machine); a byte order mark
 * is accepted. */
struct ini *ini_parse(const char *name, const char *bytes, size_t len, struct err_list *errs);
struct ini *ini_load(const char *path, struct err_list *errs);
void ini_free(struct ini *ini);

size_t ini_count(const struct ini *ini);
const struct ini_entry *ini_at(const struct ini *ini, size_t i); /* in the order of the file */
const struct ini_entry *ini_find(const struct ini *ini, const char *section, const char *key); /* NULL = absent */
/* Sections in the order of the file, each once, also empty ones. NULL beyond the end; line of its heading in *line. */
const char *ini_section(const struct ini *ini, size_t i, int *line);

#endif
