/*
 * What route.c, exchange.c and enterprises.c share: a document on its way into the database, and what is wrong with one.
 */
#ifndef FENBO_CTL_EXCHANGE_H
#define FENBO_CTL_EXCHANGE_H

#include "conf/routing.h"
#include "core/ctl/ctl.h"

/* Apply as a new routing revision and say its number. expect: the revision it was made against, or NULL. */
int exchange_apply(struct ctl *ctl, const struct routing_doc *doc, const char *note, const char *expect);
/* The list of enterprises, which stands beside the revisions: a new one in the place of the old; and out as CSV. */
int enterprises_apply(struct ctl *ctl, const struct sheet *s, const char *note);
int enterprises_export(struct ctl *ctl, const char *path, bool english, bool bom);
/* Print every error, free the list, return the exit status. */
int exchange_errors(struct ctl *ctl, struct err_list *errs);

#endif
