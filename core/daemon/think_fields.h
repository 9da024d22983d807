/*
 * The fields of an appeal as the daemon stores and answers them: the `fields` member of an arriving row and of POST /v1/recommend,
 * and what of it goes into the form where the channel said nothing. Telephone numbers and names go into the citizen's data only; in
 * `fields` stands where they are, never what they are.
 */
#ifndef FENBO_DAEMON_THINK_FIELDS_H
#define FENBO_DAEMON_THINK_FIELDS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/daemon/rules.h"
#include "core/feed/appeal.h"
#include "core/machine/fields.h"
#include "core/machine/place.h"

/* Read the fields of a text. title may be NULL; received 0 = now; place may be NULL. On any thread that holds the ruling. */
void think_fields_find(const struct ruling *g, const char *text, size_t text_len, const char *title, usec_t received,
    enum priority given, const struct place_match *place, struct fields_found *found);
/* The value of `fields`, an object: {"type":{…},"phone":[…], …}; members that were not found are left out. place may be NULL. */
void think_fields_put(const struct ruling *g, const char *text, size_t text_len, const struct fields_found *found,
    const struct place_match *place, struct buf *out);
/* The place alone, an object: {"code","name","level","start","end","in","candidates":[{"code","name"}]}. */
void think_fields_place(const struct gazetteer *places, const struct place_match *place, struct buf *out);
/* *in with kind of appeal, name and telephone out of the text where the channel gave none; strings from the arena. */
struct appeal_in think_fields_fill(struct arena *a, const struct appeal_in *in, const struct fields_found *found);
/* The flags the fields set: danger, key enterprise. */
unsigned think_fields_flags(const struct ruling *g, const struct fields_found *found);

#endif
