/*
 * Keeps the claims while the console is stopped (Ctrl-Z): a child process with a connection of its own renews the same session until the
 * console goes on or dies.
 */
#ifndef FENBO_TUI_KEEPER_H
#define FENBO_TUI_KEEPER_H

#include <sys/types.h>
#include "conf/options.h"

/* The child's process id, or -1. Called right before the console stops. */
pid_t keeper_start(const struct conf *conf, const char *session, int lease_s);
void keeper_stop(pid_t pid);

#endif
