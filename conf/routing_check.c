/* What the parts of routing say about one another. Every error at once; parts that are not loaded are not missed. */
#include "conf/routing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns by position, as conf/routing_kind.c lists them; a test holds the two together. */
enum { U_CODE, U_NAME, U_SHORT, U_PARENT, U_LEVEL, U_FUNCTION, U_AREA, U_DESK, U_ACTIVE };
enum { I_CODE, I_CATEGORY, I_CLASS, I_NAME, I_DEFINITION, I_KEYWORDS, I_PRIORITY, I_DAYS, I_LEAD, I_ASSIST, I_STEPS };
enum { P_CODE, P_NAME, P_LEVEL, P_PARENT };
enum { K_CODE, K_TITLE, K_KEYWORDS, K_TEMPLATE };

/* A sorted index over one or several columns of a sheet. */
struct index_row { const char *key; size_t row; };
struct index { struct index_row *at; size_t n; };

struct check {
	const struct routing_doc *doc;
	struct err_list *errs;
	struct index units, places;
	bool good, spare_is_bad;
};

#define FAIL(c, part, r, column, ...) \
	((c)->good = err_list_add((c)->errs, ERR_CONFLICT, (c)->doc->sheet[part].file, \
	     (c)->doc->sheet[part].row[r].line, 0, head(&(c)->doc->sheet[part], (column)), __VA_ARGS__))

static const char *head(const struct sheet *s, int column)
{
	return s->english ? s->kind->columns[column].name : s->kind->columns[column].zh;
}

static const char *cell(const struct routing_doc *doc, enum routing_part part, size_t row, int column)
{
	return doc->sheet[part].row[row].cell[column];
}

static int by_key(const void *a, const void *b)
{
	const struct index_row *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	return c ? c : (x->row > y->row) - (x->row < y->row);
}

static struct index index_column(const struct sheet *s, int column)
{
	struct index x = { calloc(s->rows + 1, sizeof *x.at), 0 };

	for (size_t i = 0; x.at && i < s->rows; i++)
		x.at[x.n++] = (struct index_row){ s->row[i].cell[column], i };
	if (x.n > 1)
		qsort(x.at, x.n, sizeof *x.at, by_key);
	return x;
}

/* Row of a key, -1 = none. */
static long find(const struct index *x, const char *key)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (strcmp(x->at[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n && strcmp(x->at[low].key, key) == 0 ? (long)x->at[low].row : -1;
}

/* Codes given twice; two parents of one place are said as such. */
static void check_codes(struct check *c, enum routing_part part, const struct index *x, int parent)
{
	const struct sheet *s = &c->doc->sheet[part];

	for (size_t i = 1; i < x->n; i++) {
		if (strcmp(x->at[i].key, x->at[i - 1].key) != 0)
			continue;
		size_t row = x->at[i].row, first = x->at[i - 1].row;
		if (parent >= 0 && strcmp(s->row[row].cell[parent], s->row[first].cell[parent]) != 0)
			FAIL(c, part, row, 0, "%s stands under two parents: %s on line %d, %s here", x->at[i].key,
			    s->row[first].cell[parent], s->row[first].line, s->row[row].cell[parent]);
		else
			FAIL(c, part, row, 0, "%s is already on line %d", x->at[i].key, s->row[first].line);
	}
}

/* Parents that are unknown, and loops. Each loop is reported once, at its first row in the file. */
static void check_tree(struct check *c, enum routing_part part, const struct index *x, int parent)
{
	const struct sheet *s = &c->doc->sheet[part];
	unsigned char *state = calloc(s->rows + 1, 1); /* 0 not seen, 1 on this walk, 2 done */

	for (size_t i = 0; state && i < s->rows; i++) {
		size_t at = i;
		while (state[at] == 0) {
			state[at] = 1;
			const char *up = s->row[at].cell[parent];
			if (!up[0])
				break;
			long next = find(x, up);
			if (next < 0) {
				FAIL(c, part, at, parent, "%s: the parent %s does not exist", s->row[at].cell[0], up);
				break;
			}
			if (state[next] == 1)
				FAIL(c, part, (size_t)next, parent, "%s is above itself: the parents form a loop",
				    s->row[next].cell[0]);
			at = (size_t)next;
		}
		for (at = i; state[at] == 1;) {
			state[at] = 2;
			long next = find(x, s->row[at].cell[parent]);
			if (next < 0)
				break;
			at = (size_t)next;
		}
	}
	free(state);
}

/* --- places ------------------------------------------------------------------------------------------------------- */

static int place_rank(const char *level)
{
	static const char *const ranks[] = { "city", "district", "street", "community", "landmark" };

	for (int i = 0; i < 5; i++)
		if (strcmp(ranks[i], level) == 0)
			return i;
	return 5;
}

static int by_sibling(const void *a, const void *b)
{
	const struct sheet_row *const *x = a, *const *y = b;
	int c = strcmp((*x)->cell[P_PARENT], (*y)->cell[P_PARENT]);

	if (c == 0)
		c = strcmp((*x)->cell[P_NAME], (*y)->cell[P_NAME]);
	return c ? c : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static void check_siblings(struct check *c)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_PLACES];
	const struct sheet_row **rows = calloc(s->rows + 1, sizeof *rows);

	for (size_t i = 0; rows && i < s->rows; i++)
		rows[i] = &s->row[i];
	if (rows && s->rows > 1)
		qsort(rows, s->rows, sizeof *rows, by_sibling);
	for (size_t i = 1; rows && i < s->rows; i++) {
		if (strcmp(rows[i]->cell[P_PARENT], rows[i - 1]->cell[P_PARENT]) == 0 &&
		    strcmp(rows[i]->cell[P_NAME], rows[i - 1]->cell[P_NAME]) == 0 &&
		    strcmp(rows[i]->cell[P_CODE], rows[i - 1]->cell[P_CODE]) != 0)
			FAIL(c, ROUTING_PLACES, (size_t)(rows[i] - s->row), P_NAME,
			    "%s stands twice in %s, first on line %d", rows[i]->cell[P_NAME], rows[i]->cell[P_PARENT],
			    rows[i - 1]->line);
	}
	free(rows);
}

static void check_places(struct check *c)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_PLACES];

	check_codes(c, ROUTING_PLACES, &c->places, P_PARENT);
	check_tree(c, ROUTING_PLACES, &c->places, P_PARENT);
	check_siblings(c);
	for (size_t i = 0; i < s->rows; i++) {
		const char *up = s->row[i].cell[P_PARENT], *level = s->row[i].cell[P_LEVEL];
		long parent = up[0] ? find(&c->places, up) : -1;
		if (!up[0] && place_rank(level) > 1)
			FAIL(c, ROUTING_PLACES, i, P_PARENT, "%s (%s) needs a parent", s->row[i].cell[P_CODE], level);
		/* a landmark may lie in another one (a shop in a mall); everything else lies in something larger */
		if (parent >= 0 && strcmp(level, "landmark") != 0 &&
		    place_rank(s->row[parent].cell[P_LEVEL]) >= place_rank(level))
			FAIL(c, ROUTING_PLACES, i, P_PARENT, "%s (%s) cannot lie in %s (%s)", s->row[i].cell[P_CODE],
			    level, up, s->row[parent].cell[P_LEVEL]);
	}
}

/* --- units -------------------------------------------------------------------------------------------------------- */

static bool active(const struct routing_doc *doc, size_t row)
{
	return strcmp(cell(doc, ROUTING_UNITS, row, U_ACTIVE), "yes") == 0;
}

/* The area a unit answers for: its own, else that of the next one above that has one. "" = none. */
static const char *unit_area(const struct check *c, size_t row)
{
	for (int steps = 0; steps < 32; steps++) {
		const char *area = cell(c->doc, ROUTING_UNITS, row, U_AREA);
		if (area[0])
			return area;
		long up = find(&c->units, cell(c->doc, ROUTING_UNITS, row, U_PARENT));
		if (up < 0 || (size_t)up == row)
			break;
		row = (size_t)up;
	}
	return "";
}

static void check_units(struct check *c)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_UNITS];

	check_codes(c, ROUTING_UNITS, &c->units, -1);
	check_tree(c, ROUTING_UNITS, &c->units, U_PARENT);
	for (size_t i = 0; i < s->rows; i++) {
		const char *area = s->row[i].cell[U_AREA], *function = s->row[i].cell[U_FUNCTION];
		if (area[0] && c->doc->has[ROUTING_PLACES] && find(&c->places, area) < 0)
			FAIL(c, ROUTING_UNITS, i, U_AREA, "%s: the place %s does not exist", s->row[i].cell[U_CODE],
			    area);
		if (strchr(function, '@') || strchr(function, '|'))
			FAIL(c, ROUTING_UNITS, i, U_FUNCTION, "a function cannot hold @ or |");
		for (size_t j = 0; function[0] && j < i; j++)
			if (strcmp(s->row[j].cell[U_FUNCTION], function) == 0 &&
			    strcmp(s->row[j].cell[U_LEVEL], s->row[i].cell[U_LEVEL]) == 0 && active(c->doc, i) &&
			    active(c->doc, j) && strcmp(unit_area(c, i), unit_area(c, j)) == 0)
				FAIL(c, ROUTING_UNITS, i, U_FUNCTION, "%s and %s (line %d) both are %s@%s in one area",
				    s->row[i].cell[U_CODE], s->row[j].cell[U_CODE], s->row[j].line, function,
				    s->row[i].cell[U_LEVEL]);
	}
}

/* --- duty list ---------------------------------------------------------------------------------------------------- */

/* Does a unit stand for function@level as SQL's resolver sees it: by the level of its area (there are no places of the
 * levels bureau and grid), in `area`, or anywhere when that is NULL. */
static bool stands_for(const struct check *c, size_t row, const char *level, const char *area)
{
	const char *own = unit_area(c, row);

	if (area && strcmp(own, area) != 0)
		return false;
	if (strcmp(level, "bureau") == 0 || strcmp(level, "grid") == 0)
		return true;
	long place = find(&c->places, own);
	return strcmp(place >= 0 ? cell(c->doc, ROUTING_PLACES, (size_t)place, P_LEVEL)
				 : cell(c->doc, ROUTING_UNITS, row, U_LEVEL),
		   level) == 0;
}

static bool resolves(const struct check *c, const char *function, size_t flen, const char *level, const char *area)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_UNITS];

	for (size_t i = 0; i < s->rows; i++)
		if (strlen(s->row[i].cell[U_FUNCTION]) == flen &&
		    memcmp(s->row[i].cell[U_FUNCTION], function, flen) == 0 && active(c->doc, i) &&
		    stands_for(c, i, level, area))
			return true;
	return false;
}

static const char *fallback(const struct check *c)
{
	const char *rule = json_string_value(json_object_get(json_object_get(c->doc->policy, "lead"), "fallback"));

	return rule ? rule : "";
}

/* Areas in which a level is at work: some unit of that level other than the fallback's answers for them. In each of
 * these a rule of that level must find its unit; elsewhere the fallback takes the case. */
static void check_areas(struct check *c, size_t row, int column, const char *rule, size_t flen, const char *level)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_UNITS];
	const char *spare = fallback(c), *at = strchr(spare, '@');

	for (size_t i = 0; i < s->rows; i++) {
		const char *area = s->row[i].cell[U_AREA], *function = s->row[i].cell[U_FUNCTION];
		bool is_spare =
		    at && strlen(function) == (size_t)(at - spare) && strncmp(function, spare, strlen(function)) == 0;
		bool seen = false;
		if (!area[0] || is_spare || !active(c->doc, i) || strcmp(s->row[i].cell[U_LEVEL], level) != 0)
			continue;
		for (size_t j = 0; j < i && !seen; j++)
			seen = strcmp(s->row[j].cell[U_AREA], area) == 0 && strcmp(s->row[j].cell[U_LEVEL], level) == 0;
		if (!seen && !resolves(c, rule, flen, level, area))
			FAIL(c, ROUTING_ITEMS, row, column,
			    "%s: no unit is %.*s@%s for %s, where %s (units.csv line %d) is at work",
			    cell(c->doc, ROUTING_ITEMS, row, I_CODE), (int)flen, rule, level, area,
			    s->row[i].cell[U_CODE], s->row[i].line);
	}
}

struct rule_ctx {
	struct check *c;
	size_t row;
	int column;
};

static void check_rule(void *ctx, const char *text, size_t len)
{
	struct rule_ctx *x = ctx;
	struct check *c = x->c;
	char rule[256];
	const char *code = cell(c->doc, ROUTING_ITEMS, x->row, I_CODE), *at;

	snprintf(rule, sizeof rule, "%.*s", (int)len, text);
	at = strchr(rule, '@');
	if (!at) {
		long unit = find(&c->units, rule);
		if (unit < 0)
			FAIL(c, ROUTING_ITEMS, x->row, x->column, "%s: the unit %s does not exist", code, rule);
		else if (!active(c->doc, (size_t)unit))
			FAIL(c, ROUTING_ITEMS, x->row, x->column, "%s: the unit %s is not active", code, rule);
		return;
	}
	size_t flen = (size_t)(at - rule);
	if (!resolves(c, rule, flen, at + 1, NULL))
		FAIL(c, ROUTING_ITEMS, x->row, x->column, "%s: no unit is %s anywhere", code, rule);
	else if (c->doc->has_policy && !c->spare_is_bad) /* the policy knows the fallback */
		check_areas(c, x->row, x->column, rule, flen, at + 1);
}

static bool in_list(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; *p;) {
		size_t len = strcspn(p, "|");
		if (len == n && memcmp(p, word, n) == 0)
			return true;
		p += len + (p[len] == '|');
	}
	return false;
}

static int by_item_name(const void *a, const void *b)
{
	const struct sheet_row *const *x = a, *const *y = b;
	int c = strcmp((*x)->cell[I_CATEGORY], (*y)->cell[I_CATEGORY]);

	if (c == 0)
		c = strcmp((*x)->cell[I_CLASS], (*y)->cell[I_CLASS]);
	if (c == 0)
		c = strcmp((*x)->cell[I_NAME], (*y)->cell[I_NAME]);
	return c ? c : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static void check_item_names(struct check *c)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_ITEMS];
	const struct sheet_row **rows = calloc(s->rows + 1, sizeof *rows);

	for (size_t i = 0; rows && i < s->rows; i++)
		rows[i] = &s->row[i];
	if (rows && s->rows > 1)
		qsort(rows, s->rows, sizeof *rows, by_item_name);
	for (size_t i = 1; rows && i < s->rows; i++)
		if (strcmp(rows[i]->cell[I_CATEGORY], rows[i - 1]->cell[I_CATEGORY]) == 0 &&
		    strcmp(rows[i]->cell[I_CLASS], rows[i - 1]->cell[I_CLASS]) == 0 &&
		    strcmp(rows[i]->cell[I_NAME], rows[i - 1]->cell[I_NAME]) == 0)
			FAIL(c, ROUTING_ITEMS, (size_t)(rows[i] - s->row), I_NAME,
			    "%s stands twice in its class, first on line %d", rows[i]->cell[I_NAME], rows[i - 1]->line);
	free(rows);
}

static void check_items(struct check *c)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_ITEMS];
	struct index codes = index_column(s, I_CODE);

	check_codes(c, ROUTING_ITEMS, &codes, -1);
	check_item_names(c);
	for (size_t i = 0; i < s->rows; i++) {
		const char *lead = s->row[i].cell[I_LEAD];
		if (in_list(s->row[i].cell[I_ASSIST], lead))
			FAIL(c, ROUTING_ITEMS, i, I_ASSIST, "%s: %s cannot both lead and assist",
			    s->row[i].cell[I_CODE], lead);
		if (!c->doc->has[ROUTING_UNITS])
			continue;
		for (int column = I_LEAD; column <= I_STEPS; column++)
			sheet_each(s->row[i].cell[column], check_rule, &(struct rule_ctx){ c, i, column });
	}
	free(codes.at);
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

static void check_knowledge(struct check *c)
{
	const struct sheet *s = &c->doc->sheet[ROUTING_KNOWLEDGE];
	struct index codes = index_column(s, K_CODE);

	check_codes(c, ROUTING_KNOWLEDGE, &codes, -1);
	for (size_t i = 0; i < s->rows; i++)
		for (const char *p = s->row[i].cell[K_TEMPLATE]; *p;) {
			const char *open = strstr(p, "【"), *close = strstr(p, "】");
			if (!open && !close)
				break;
			if (!open || !close || close < open || close == open + 3 ||
			    (strstr(open + 3, "【") && strstr(open + 3, "【") < close)) {
				FAIL(c, ROUTING_KNOWLEDGE, i, K_TEMPLATE,
				    "%s: a field stands as 【name】, closed and not empty", s->row[i].cell[K_CODE]);
				break;
			}
			p = close + 3;
		}
	free(codes.at);
}

static void check_keys(struct check *c, enum routing_part part)
{
	struct index x = index_column(&c->doc->sheet[part], 0);

	check_codes(c, part, &x, -1);
	free(x.at);
}

static void check_policy(struct check *c)
{
	size_t i;
	json_t *channel;
	const char *rule = fallback(c), *at = strchr(rule, '@');

	json_array_foreach(c->doc->channels, i, channel) {
		const char *place = json_string_value(json_object_get(channel, "place"));
		if (place && c->doc->has[ROUTING_PLACES] && find(&c->places, place) < 0)
			c->good = err_list_add(c->errs, ERR_CONFLICT, "routing.ini", 0, 0, "channel",
			    "%s: the place %s does not exist", json_string_value(json_object_get(channel, "code")),
			    place);
	}
	c->spare_is_bad = at && c->doc->has[ROUTING_UNITS] && !resolves(c, rule, (size_t)(at - rule), at + 1, NULL);
	if (c->spare_is_bad)
		c->good =
		    err_list_add(c->errs, ERR_CONFLICT, "routing.ini", 0, 0, "lead.fallback", "no unit is %s", rule);
}

bool routing_check(const struct routing_doc *doc, struct err_list *errs)
{
	struct check c = { .doc = doc, .errs = errs, .good = true };

	if (doc->has[ROUTING_UNITS])
		c.units = index_column(&doc->sheet[ROUTING_UNITS], U_CODE);
	if (doc->has[ROUTING_PLACES])
		c.places = index_column(&doc->sheet[ROUTING_PLACES], P_CODE);
	if (doc->has[ROUTING_PLACES])
		check_places(&c);
	if (doc->has[ROUTING_UNITS])
		check_units(&c);
	if (doc->has_policy) /* before the duty list, which leans on its fallback */
		check_policy(&c);
	if (doc->has[ROUTING_ITEMS])
		check_items(&c);
	if (doc->has[ROUTING_KNOWLEDGE])
		check_knowledge(&c);
	if (doc->has[ROUTING_CALENDAR])
		check_keys(&c, ROUTING_CALENDAR);
	if (doc->has[ROUTING_ENTERPRISES])
		check_keys(&c, ROUTING_ENTERPRISES);
	free(c.units.at);
	free(c.places.at);
	return c.good;
}
