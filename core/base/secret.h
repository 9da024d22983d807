/*
 * Files that hold secrets: keys, passwords, what signs. They are opened only when nobody but owner and group may read them.
 */
#ifndef FENBO_BASE_SECRET_H
#define FENBO_BASE_SECRET_H

#include <stdio.h>
#include "core/base/err.h"

/* Open for reading; NULL with *e set, whose field is `field` (the option that named the file). The caller closes it. */
FILE *secret_open(const char *path, const char *field, struct err *e);

#endif
