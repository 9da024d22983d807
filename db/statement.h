/*
 * Every statement the programs send lives in db/sql/NAME.sql with a header comment (name, parameters, result). The build embeds
 * them; NAME becomes SQL_NAME here, in the generated list build/gen/statements.inc. A test prepares every one on a real server.
 */
#ifndef FENBO_DB_STATEMENT_H
#define FENBO_DB_STATEMENT_H

enum statement {
#define X(id, file, text) SQL_##id,
#include "gen/statements.inc"
#undef X
	SQL_COUNT
};

struct statement_info { const char *name; const char *text; };
extern const struct statement_info statement_table[SQL_COUNT];

#endif
