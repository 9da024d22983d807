#include <stdlib.h>
#include "db/pg.h"

int
db_row_columns(const struct db_row *r)
{
	return PQnfields(r->result);
}

bool
db_row_null(const struct db_row *r, int col)
{
	return PQgetisnull(r->result, r->row, col);
}

const char *
db_row_text(const struct db_row *r, int col, size_t *len)
{
	if (len != NULL)
		*len = (size_t)PQgetlength(r->result, r->row, col);
	return PQgetvalue(r->result, r->row, col);
}

int64_t
db_row_int(const struct db_row *r, int col)
{
	return strtoll(PQgetvalue(r->result, r->row, col), NULL, 10);
}

/* Not strtod: its decimal point is the locale's, PostgreSQL's is a point. */
double
db_row_real(const struct db_row *r, int col)
{
	const char *s = PQgetvalue(r->result, r->row, col);
	bool negative = *s == '-';
	double value = 0, scale = 1;

	if (*s == '-' || *s == '+')
		s++;
	for (; *s >= '0' && *s <= '9'; s++)
		value = value * 10 + (*s - '0');
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++)
			value += (*s - '0') * (scale /= 10);
	if (*s == 'e' || *s == 'E')
		for (long exp = strtol(s + 1, NULL, 10); exp != 0 && exp > -400 && exp < 400; exp += exp < 0 ? 1 : -1)
			value = exp < 0 ? value / 10 : value * 10;
	return negative ? -value : value;
}

bool
db_row_bool(const struct db_row *r, int col)
{
	return PQgetvalue(r->result, r->row, col)[0] == 't';
}

int64_t
db_row_time(const struct db_row *r, int col)
{
	usec_t t;
	size_t len = (size_t)PQgetlength(r->result, r->row, col);

	return clock_parse(PQgetvalue(r->result, r->row, col), len, &t) ? t : 0;
}
