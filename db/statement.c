#include "db/statement.h"

const struct statement_info statement_table[SQL_COUNT] = {
#define X(id, file, text) [SQL_##id] = { file, text },
#include "gen/statements.inc"
#undef X
};
