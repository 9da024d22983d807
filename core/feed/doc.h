/*
 * One document, written as JSON or as XML: Open311 wants every answer in both shapes. An object's members have names; the
 * items of an array share one name, which only XML shows. XML goes through libxml2's writer, so it is always well-formed.
 */
#ifndef FENBO_FEED_DOC_H
#define FENBO_FEED_DOC_H

#include <stdbool.h>
#include <stddef.h>

enum doc_form { DOC_JSON, DOC_XML };
struct doc; /* opaque */

struct doc *doc_new(enum doc_form form);
const char *doc_type(enum doc_form form); /* Content-Type, with charset */

/* Nesting. name: of the member, or of the item in XML. The outermost has a name as well (XML's root). */
void doc_object(struct doc *d, const char *name);
void doc_array(struct doc *d, const char *name);
void doc_end(struct doc *d);
void doc_text(struct doc *d, const char *name, const char *value); /* NULL: null, or an empty element */
void doc_real(struct doc *d, const char *name, bool known, double value);
void doc_bool(struct doc *d, const char *name, bool value);
void doc_int(struct doc *d, const char *name, long long value);

/* The finished text; borrowed until doc_free. NULL when memory was gone. */
const char *doc_finish(struct doc *d, size_t *len);
void doc_free(struct doc *d);

#endif
