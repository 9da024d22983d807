/*
 * A receiver of webhooks and a gateway of short messages, for tests: answers as it is told and writes down what it got. Told by a file that is
 * read anew for every request, one line: a status and further header lines ("503 Retry-After: 2"), or `hang` (no answer), or `cut`
 * (the connection ends without one). Written down: one JSON object a line {"n", "path", "method", "key", "event", "signature", "type",
 * "auth", "body", "times" (how often this key has come)}.
 */
#ifndef FENBO_TESTS_RECEIVER_H
#define FENBO_TESTS_RECEIVER_H

#include <stdbool.h>

/* Serves until SIGTERM on a free port of 127.0.0.1, written to DIR/port; reads DIR/how, appends to DIR/log. With DIR/cert.pem and DIR/key.pem
 * by TLS. Never returns but with an exit status. */
int receiver_serve(const char *dir);
/* A self-signed certificate for 127.0.0.1 and its key, as PEM files in DIR. */
bool receiver_certificate(const char *dir);

#endif
