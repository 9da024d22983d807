#include "conf/ini.h"

#include <errno.h>
#include <iniparser/iniparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "conf/text.h"
#include "core/base/arena.h"

struct ini_section {
	const char *name;
	int line;
};

struct ini {
	struct arena arena;
	struct ini_entry *entry;
	size_t count, cap;
	struct ini_section *section;
	size_t sections, section_cap;
};

/* What the scan of one file needs to know. */
struct scan {
	struct ini *ini;
	const char *name;
	struct err_list *errs;
	const char *section; /* NULL before the first heading */
	int line;
	size_t bad;
};

void ini_free(struct ini *ini)
{
	if (!ini)
		return;
	arena_free(&ini->arena);
	free(ini->entry);
	free(ini->section);
	free(ini);
}

size_t ini_count(const struct ini *ini)
{
	return ini->count;
}

const struct ini_entry *ini_at(const struct ini *ini, size_t i)
{
	return i < ini->count ? &ini->entry[i] : NULL;
}

const struct ini_entry *ini_find(const struct ini *ini, const char *section, const char *key)
{
	for (size_t i = 0; i < ini->count; i++)
		if (strcmp(ini->entry[i].key, key) == 0 && strcmp(ini->entry[i].section, section) == 0)
			return &ini->entry[i];
	return NULL;
}

const char *ini_section(const struct ini *ini, size_t i, int *line)
{
	if (i >= ini->sections)
		return NULL;
	*line = ini->section[i].line;
	return ini->section[i].name;
}

/* --- the scan ----------------------------------------------------------------------------------------------------- */

#define FAIL(s, column, field, ...) \
	((s)->bad++, err_list_add((s)->errs, ERR_INVALID, (s)->name, (s)->line, (column), (field), __VA_ARGS__))

static bool is_name(const char *s, size_t len)
{
	if (len == 0 || len > 64)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '_' || s[i] == '.' ||
			s[i] == '-'))
			return false;
	return true;
}

/* `array` with room for one more element, perhaps moved; NULL (and the old one stands) when memory is gone. */
static void *grow(void *array, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return array;
	size_t more = *cap ? *cap * 2 : 32;
	void *fresh = realloc(array, more * size);
	if (fresh)
		*cap = more;
	return fresh;
}

static bool scan_section(struct scan *s, const char *p, size_t len)
{
	struct ini *ini = s->ini;

	if (p[len - 1] != ']')
		return FAIL(s, (int)len, "",
		    "expected ] at the end of a section's heading; a comment stands on a line of its own");
	p++, len -= 2;
	text_trim(&p, &len);
	if (!is_name(p, len)) {
		s->section = NULL;
		return FAIL(s, 2, "", "expected a section's name of a-z 0-9 _ . -, found \"%.*s\"", (int)len, p);
	}
	s->section = arena_strndup(&ini->arena, p, len);
	for (size_t i = 0; s->section && i < ini->sections; i++)
		if (strcmp(ini->section[i].name, s->section) == 0)
			return FAIL(
			    s, 2, s->section, "section [%s] is already on line %d", s->section, ini->section[i].line);
	struct ini_section *list = grow(ini->section, ini->sections, &ini->section_cap, sizeof *list);
	if (!s->section || !list)
		return FAIL(s, 0, "", "memory is gone");
	ini->section = list;
	ini->section[ini->sections++] = (struct ini_section){ s->section, s->line };
	return true;
}

/* The value between blanks, with or without quotes; what iniparser would cut is refused. */
static bool scan_value(struct scan *s, const char *key, const char *start, const char **value, size_t *len)
{
	const char *v = *value;
	int column = (int)(v - start) + 1;

	if (*len && v[0] == '"') {
		const char *end = memchr(v + 1, '"', *len - 1);
		if (!end)
			return FAIL(s, column, key, "the quote is not closed");
		if (memchr(v, '\\', (size_t)(end - v)))
			return FAIL(s, column, key, "a backslash cannot stand within quotes");
		if (end != v + *len - 1)
			return FAIL(s, (int)(end - start) + 2, key,
			    "nothing can follow the closing quote; a comment stands on a line of its own");
		*value = v + 1;
		*len -= 2;
		return true;
	}
	for (size_t i = 0; i < *len; i++) {
		if (v[i] == '#' || v[i] == ';')
			return FAIL(s, column + (int)i, key,
			    "a raw %c would end the value: put the value in double quotes, "
			    "or the comment on a line of its own",
			    v[i]);
		if (v[i] == '"' || (v[i] == '\'' && i == 0))
			return FAIL(s, column + (int)i, key,
			    "a quote can only stand around the whole value (use double quotes)");
	}
	if (*len && v[*len - 1] == '\\')
		return FAIL(s, column + (int)*len - 1, key, "a value cannot end in a backslash");
	return true;
}

static bool scan_pair(struct scan *s, const char *start, const char *p, size_t len)
{
	struct ini *ini = s->ini;
	const char *eq = memchr(p, '=', len);

	if (!eq)
		return FAIL(s, 1, "", "expected [section], key = value, or a comment");

	const char *k = p, *v = eq + 1;
	size_t klen = (size_t)(eq - p), vlen = len - klen - 1;
	text_trim(&k, &klen);
	text_trim(&v, &vlen);
	if (!is_name(k, klen))
		return FAIL(s, 1, "", "expected a key of a-z 0-9 _ . - before =, found \"%.*s\"",
		    (int)(klen > 80 ? 80 : klen), k);
	char *key = arena_strndup(&ini->arena, k, klen);
	struct ini_entry *list = grow(ini->entry, ini->count, &ini->cap, sizeof *list);
	if (!key || !list)
		return FAIL(s, 0, "", "memory is gone");
	ini->entry = list;
	if (!s->section)
		return FAIL(s, 1, key,
		    ini->sections ? "stands under a heading that is refused" : "stands before the first [section]");
	const struct ini_entry *before = ini_find(ini, s->section, key);
	if (before)
		return FAIL(s, 1, key, "is given twice in [%s], first on line %d", s->section, before->line);

	bool good = scan_value(s, key, start, &v, &vlen);
	char *value = arena_strndup(&ini->arena, v, vlen);
	if (!value)
		return FAIL(s, 0, key, "memory is gone");
	/* Kept even when it is refused, so that a second one is still seen as a second one. */
	ini->entry[ini->count++] = (struct ini_entry){ s->section, key, value, s->line, !good };
	return good;
}

static void scan_line(struct scan *s, const char *start, size_t len)
{
	const char *p = start;

	if (len && p[len - 1] == '\r')
		len--;
	if (len > INI_LINE_MAX) {
		FAIL(s, INI_LINE_MAX, "", "the line has %zu bytes; at most %d are read", len, INI_LINE_MAX);
		return;
	}
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)p[i] < 0x20 && p[i] != '\t') || p[i] == 0x7F) {
			FAIL(s, (int)i + 1, "", "a control character (0x%02x) cannot stand here", (unsigned char)p[i]);
			return;
		}
	text_trim(&p, &len);
	if (len == 0 || p[0] == '#' || p[0] == ';')
		return;
	if (p[0] == '[')
		scan_section(s, p, len);
	else
		scan_pair(s, start, p, len);
}

/* --- iniparser ---------------------------------------------------------------------------------------------------- */

static int quiet(const char *format, ...)
{
	(void)format;
	return 0;
}

/* iniparser reads files only, so it gets one that has no name. */
static dictionary *load_text(const char *text, size_t len)
{
	int fd = memfd_create("fenbo-ini", MFD_CLOEXEC);
	dictionary *d = NULL;
	char path[64];

	if (fd < 0)
		return NULL;
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, text + done, len - done);
		if (n < 0 && errno != EINTR)
			goto out;
		done += n > 0 ? (size_t)n : 0;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	iniparser_set_error_callback(quiet); /* its complaints would go to the screen; the scan has made them already */
	d = iniparser_load(path);
out:
	close(fd);
	return d;
}

/* Both readers must agree, or the strict scan has missed one of iniparser's ways of its own. */
static void compare(struct scan *s, const dictionary *d)
{
	char name[160];

	for (size_t i = 0; i < s->ini->count; i++) {
		const struct ini_entry *e = &s->ini->entry[i];
		snprintf(name, sizeof name, "%s:%s", e->section, e->key);
		const char *value = iniparser_getstring(d, name, NULL);
		s->line = e->line;
		if (!value || strcmp(value, e->value) != 0)
			FAIL(s, 0, e->key, "iniparser reads this line as \"%s\"; write the value in double quotes",
			    value ? value : "");
	}
}

struct ini *ini_parse(const char *name, const char *bytes, size_t len, struct err_list *errs)
{
	struct ini *ini = calloc(1, sizeof *ini);
	struct scan s = { ini, name, errs, NULL, 0, 0 };
	struct buf text = { .limit = 2 * INI_FILE_MAX + 16 };
	bool gb, bom;

	if (!ini || len > INI_FILE_MAX) {
		err_list_add(
		    errs, ERR_TOO_LARGE, name, 0, 0, "", ini ? "the file is larger than 1 MiB" : "memory is gone");
		free(ini);
		return NULL;
	}
	if (!text_decode(&text, name, bytes, len, &gb, &bom, errs)) {
		buf_free(&text);
		ini_free(ini);
		return NULL;
	}
	for (const char *p = buf_text(&text), *end = p + text.len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		s.line++;
		scan_line(&s, p, (size_t)((nl ? nl : end) - p));
		p = nl ? nl + 1 : end;
	}
	if (s.bad == 0 && ini->count > 0) {
		dictionary *d = load_text(text.data, text.len);
		s.line = 0;
		if (d)
			compare(&s, d);
		else
			FAIL(&s, 0, "", "iniparser cannot read the file");
		if (d)
			iniparser_freedict(d);
	}
	buf_free(&text);
	return ini;
}

struct ini *ini_load(const char *path, struct err_list *errs)
{
	struct buf bytes = { .limit = INI_FILE_MAX + 16 };
	struct ini *ini = NULL;

	if (text_read(&bytes, path, INI_FILE_MAX, errs))
		ini = ini_parse(path, buf_text(&bytes), bytes.len, errs);
	buf_free(&bytes);
	return ini;
}
