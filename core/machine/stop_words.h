/*
 * Words that stand in every appeal and speak for no unit: 市民, 希望, 相关部门 … Data for the duty list's matching.
 */
#ifndef FENBO_MACHINE_STOP_WORDS_H
#define FENBO_MACHINE_STOP_WORDS_H

extern const char *const stop_words[]; /* ends in NULL */

#endif
