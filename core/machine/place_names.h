/*
 * How Chinese places are named and spoken of: what stands behind a name in a division list, what people say instead, and
 * which words that happen to be names never count alone. Data for place.c, apart so that it can be read and added to.
 */
#ifndef FENBO_MACHINE_PLACE_NAMES_H
#define FENBO_MACHINE_PLACE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct place_form {
	const char *strip[10];  /* endings, longest first */
	const char *spoken[8];  /* endings that people put instead */
	float stem, short_stem; /* what the bare base is worth, and one of two characters; 0 = nothing */
};
extern const struct place_form place_forms[5]; /* by level: city, district, street, community, landmark */

/* The name without its ending; the name itself when nothing would be left of it. */
void place_base(const struct place_form *form, const char *name, char *out, size_t size);
/* Words such as 和平, 中心, 公园 that never count bare (MEASURED, "Places"). */
bool place_is_common(const char *word);
/* Two folded code points after a bare stem that make it part of another name: 宝安大道, 南山医院. */
bool place_is_tail(uint32_t first, uint32_t second);

#endif
