/*
 * The part of routing.ini that says what messages say: [message.KIND], one template for each class of receiver (citizen, unit, head,
 * district, leader, emergency). Fields to fill stand as 【name】; a receiver without a template is told nothing by short message, and a
 * webhook gets its data without words. [message.default] speaks to officials about kinds that have no section of their own.
 */
#ifndef FENBO_CONF_POLICY_MESSAGES_H
#define FENBO_CONF_POLICY_MESSAGES_H

#include <stdbool.h>
#include <jansson.h>
#include "conf/err_list.h"
#include "conf/ini.h"

enum { MESSAGE_CHARS = 300 }; /* of a template */

/* Whether the section is one of these; *key_known says whether it has such a key. */
bool policy_messages_own(const char *section, const char *key, bool *key_known);
/* Reads all of them into `policy`: "messages" {KIND: {class: template}}. False with every error in errs. */
bool policy_messages_read(const struct ini *ini, const char *file, json_t *policy, struct err_list *errs);

#endif
