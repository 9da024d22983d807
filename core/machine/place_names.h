/*
 * How Chinese places are named and spoken of: what stands behind a name in a division list, what people say instead, and
 * which words that happen to be names never count alone. Data for gazetteer.c and place_read.c, apart so that it can be read and added to.
 */
#ifndef FENBO_MACHINE_PLACE_NAMES_H
#define FENBO_MACHINE_PLACE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct place_form {
	const char *strip[20];  /* endings, longest first */
	const char *spoken[12]; /* endings that people put instead */
	bool stem;              /* the bare base is said as well */
};
/* How a place of a level (0 city … 4 landmark) with this name is spoken of. */
const struct place_form *place_form(int level, const char *name);

/* Bytes of the name without its ending; all of it when nothing would be left. */
size_t place_base(const struct place_form *form, const char *name);
/* 杨美社区嘉丽园: the part behind the place that is named first, NULL when there is one part. */
const char *place_inner(const char *name, size_t len);
/* Words such as 和平, 中心, 公园 that never count bare (MEASURED, "Places"). */
bool place_is_common(const char *word);
/* Names that a hundred cities have: 机场, 北站. They count when no other name stands before them. */
bool place_is_generic(const char *word);
/* What stands behind a bare stem makes it the name of a road, river or hill: 宝安|大道, 海甸|五西路, 布吉|河. `next` are folded code points, zero at
 * the end of the text. */
bool place_is_road(const uint32_t *next);

#endif
