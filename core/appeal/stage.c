#include "core/appeal/stage.h"

#include <stddef.h>
#include <string.h>

struct word { const char *wire, *label; };

#define X(id, wire, label) { wire, label },
static const struct word stages[] = { STAGE_TABLE(X) };
static const struct word priorities[] = { PRIORITY_TABLE(X) };
static const struct word outcomes[] = { OUTCOME_TABLE(X) };
#undef X
#define X(id, bit, wire, label) [bit] = { wire, label },
static const struct word flags[] = { FLAG_TABLE(X) };
#undef X

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The row of a value that came over a wire or out of a cast; "" when there is none. */
static const struct word *
row(const struct word *table, size_t n, unsigned i)
{
	static const struct word none = { "", "" };

	return i < n ? &table[i] : &none;
}

/* Index of a wire name, or -1. */
static int
find(const struct word *table, size_t n, const char *wire)
{
	for (size_t i = 0; wire != NULL && i < n; i++)
		if (strcmp(table[i].wire, wire) == 0)
			return (int)i;
	return -1;
}

const char *
stage_name(enum stage s)
{
	return row(stages, COUNT(stages), s)->wire;
}

const char *
stage_label(enum stage s)
{
	return row(stages, COUNT(stages), s)->label;
}

bool
stage_parse(const char *s, enum stage *out)
{
	int i = find(stages, COUNT(stages), s);

	if (i < 0)
		return false;
	*out = (enum stage)i;
	return true;
}

const char *
priority_name(enum priority p)
{
	return row(priorities, COUNT(priorities), p)->wire;
}

const char *
priority_label(enum priority p)
{
	return row(priorities, COUNT(priorities), p)->label;
}

bool
priority_parse(const char *s, enum priority *out)
{
	int i = find(priorities, COUNT(priorities), s);

	if (i < 0)
		return false;
	*out = (enum priority)i;
	return true;
}

const char *
outcome_name(enum outcome o)
{
	return row(outcomes, COUNT(outcomes), o)->wire;
}

const char *
outcome_label(enum outcome o)
{
	return row(outcomes, COUNT(outcomes), o)->label;
}

bool
outcome_parse(const char *s, enum outcome *out)
{
	int i = find(outcomes, COUNT(outcomes), s);

	if (i < 0)
		return false;
	*out = (enum outcome)i;
	return true;
}

/* Bit number of a single flag; out of the table for none or several. */
static unsigned
bit_of(enum flag f)
{
	return f != 0 && ((unsigned)f & ((unsigned)f - 1)) == 0 ? (unsigned)__builtin_ctz(f) : (unsigned)COUNT(flags);
}

const char *
flag_name(enum flag f)
{
	return row(flags, COUNT(flags), bit_of(f))->wire;
}

const char *
flag_label(enum flag f)
{
	return row(flags, COUNT(flags), bit_of(f))->label;
}

unsigned
flag_parse(const char *s)
{
	int i = find(flags, COUNT(flags), s);

	return i < 0 ? 0 : 1u << i;
}
