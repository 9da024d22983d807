/*
 * Why PostgreSQL refused, in the person's language. Its functions say it in English, one sentence each; those that a person at a console can
 * meet stand here as msgids, with %s where a name or a number is put in. Whatever is not known is shown as it came.
 */
#ifndef FENBO_TUI_REFUSAL_H
#define FENBO_TUI_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

enum { REFUSAL_BYTES = 320 };

/* The message for a person. Stages, actions and roles that are put in are translated too. */
const char *refusal_words(const char *message, char out[REFUSAL_BYTES]);
/* Is there a sentence for this one? For the test that compares them with the functions of db/schema. */
bool refusal_known(const char *message);
extern const char *const refusal_sentences[]; /* ends in NULL */

#endif
