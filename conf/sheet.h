/*
 * A CSV table, read whole through libcsv: UTF-8 or GB18030 told apart, byte order mark, Chinese or English headings in
 * any order, and every error at once with line and cell. Writing gives back the bytes that were read when they were
 * written here, and never a cell that a spreadsheet would run as a formula.
 */
#ifndef FENBO_CONF_SHEET_H
#define FENBO_CONF_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include "conf/err_list.h"
#include "core/base/arena.h"
#include "core/base/buf.h"

enum { SHEET_FILE_MAX = 256 * 1024 * 1024, SHEET_CELL_MAX = 64 * 1024, SHEET_COLUMNS = 16 };

enum sheet_type {
	SHEET_CODE, /* A-Z a-z 0-9 _ . - up to 32 */
	SHEET_TEXT, /* one line */
	SHEET_LONG, /* lines kept */
	SHEET_INT, SHEET_REAL, SHEET_FLAG, SHEET_DATE,
	SHEET_LIST, /* texts separated by | (also ； ; 、 when read) */
	SHEET_RULE, /* unit code, or function@level */
	SHEET_RULES,/* several rules, separated by | */
	SHEET_WORD  /* one of `words` */
};

/* A word with its Chinese form: {"district", "区"}; the list ends with a NULL. */
struct sheet_word { const char *wire, *zh; };

/* The levels of units, as they also stand after @ in a rule: 城管@街道. */
extern const struct sheet_word sheet_levels[];
/* The wire form of a word given in either; NULL when it is none of them. */
const char *sheet_word_wire(const struct sheet_word *words, const char *text, size_t len);

struct sheet_column {
	const char *name;    /* wire name: JSON and English heading */
	const char *zh;      /* Chinese heading */
	enum sheet_type type;
	bool needed;         /* the column must be there and no cell empty */
	bool null;           /* an empty cell is null in JSON, not "" */
	const char *def;     /* for an empty cell or absent column; wire form */
	const struct sheet_word *words;
	double min, max;     /* SHEET_INT, SHEET_REAL: bounds; texts: max characters (0 = 200; LONG 10,000) */
	const char *help;    /* English, for the manual */
};
struct sheet_kind {
	const char *name;    /* "units"; the file is NAME.csv */
	const struct sheet_column *columns;
	int ncolumns;
};

struct sheet_row {
	const char **cell; /* one per column of the kind, canonical wire form, never NULL; lists separated by | */
	int line;          /* where the row starts */
};
struct sheet {
	const struct sheet_kind *kind;
	struct sheet_row *row;
	size_t rows;
	bool gb, bom, crlf; /* how it was written, so that it can be written back: GB18030, byte order mark, \r\n */
	bool english;       /* English headings and words */
	char file[256];
	struct arena arena;
};

bool sheet_parse(struct sheet *out, const struct sheet_kind *kind, const char *file, const char *bytes, size_t len,
    struct err_list *errs);
void sheet_free(struct sheet *s);
/* The whole table as CSV in the style the struct names. */
bool sheet_write(const struct sheet *s, struct buf *out);
/* Just cells: for exports that have no sheet (reports). Quoted and guarded against formulas. */
void sheet_put_cell(struct buf *out, const char *text, bool first);

/* Split a canonical list at |, calling each item; an empty text has none. `item` is borrowed for the call. */
void sheet_each(const char *list, void (*item)(void *ctx, const char *text, size_t len), void *ctx);

#endif
