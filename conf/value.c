#include "conf/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *s into *out; false when there are none or they do not fit. Moves *s behind them. */
static bool digits(const char **s, int64_t *out)
{
	int64_t v = 0;

	if (!is_digit(**s))
		return false;
	for (; is_digit(**s); (*s)++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, **s - '0', &v))
			return false;
	*out = v;
	return true;
}

bool value_int(const char *s, int64_t *out)
{
	bool minus = *s == '-';
	int64_t v;

	if (*s == '-' || *s == '+')
		s++;
	if (!digits(&s, &v) || *s)
		return false;
	*out = minus ? -v : v;
	return true;
}

bool value_real(const char *s, double *out)
{
	bool minus = *s == '-';
	int64_t whole, part = 0;
	double v;

	if (*s == '-' || *s == '+')
		s++;
	if (!digits(&s, &whole))
		return false;
	v = (double)whole;
	if (*s == '.') {
		const char *start = ++s;
		if (!digits(&s, &part) || s - start > 15)
			return false;
		v += (double)part / pow(10, (double)(s - start));
	}
	if (*s)
		return false;
	*out = minus ? -v : v;
	return true;
}

bool value_flag(const char *s, bool *out)
{
	static const struct { const char *word; bool value;
	} words[] = {
		{ "yes", true },
		{ "no", false },
		{ "on", true },
		{ "off", false },
		{ "true", true },
		{ "false", false },
		{ "1", true },
		{ "0", false },
		{ "是", true },
		{ "否", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(s, words[i].word) == 0) {
			*out = words[i].value;
			return true;
		}
	return false;
}

struct scale { const char *unit; int64_t factor; };

/* The longest unit at s, so that "ms" is not read as minutes. */
static const struct scale *scale_at(const struct scale *table, size_t n, const char *s)
{
	const struct scale *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (strncmp(s, table[i].unit, strlen(table[i].unit)) == 0 &&
		    (!best || strlen(table[i].unit) > strlen(best->unit)))
			best = &table[i];
	return best;
}

bool value_duration(const char *s, int64_t *ms)
{
	static const struct scale units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
	};
	bool minus = *s == '-';
	int64_t total = 0, last = INT64_MAX;

	if (*s == '-' || *s == '+')
		s++;
	if (strcmp(s, "0") == 0) {
		*ms = 0;
		return true;
	}
	do {
		int64_t v;
		if (!digits(&s, &v))
			return false;
		const struct scale *u = scale_at(units, ARRAY_LEN(units), s);
		if (!u || u->factor >= last) /* larger units first, each once: 30m1h is a slip of the pen */
			return false;
		last = u->factor;
		s += strlen(u->unit);
		if (__builtin_mul_overflow(v, u->factor, &v) || __builtin_add_overflow(total, v, &total))
			return false;
	} while (*s);
	*ms = minus ? -total : total;
	return true;
}

bool value_size(const char *s, int64_t *bytes)
{
	static const struct scale units[] = {
		{ "B", 1 }, { "KiB", 1024 }, { "MiB", 1024 * 1024 }, { "GiB", 1024 * 1024 * 1024 },
	};
	int64_t v;

	if (!digits(&s, &v))
		return false;
	if (*s) {
		const struct scale *u = scale_at(units, ARRAY_LEN(units), s);
		if (!u || s[strlen(u->unit)] || __builtin_mul_overflow(v, u->factor, &v))
			return false;
	}
	*bytes = v;
	return true;
}

bool value_date(const char *s, int *year, int *month, int *day)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	static const char *const mark[][3] = { { "-", "-", "" }, { "/", "/", "" }, { "年", "月", "日" } };

	for (size_t form = 0; form < ARRAY_LEN(mark); form++) {
		const char *p = s;
		int64_t v[3];
		int i;
		for (i = 0; i < 3; i++) {
			const char *start = p;
			size_t n = strlen(mark[form][i]);
			if (!digits(&p, &v[i]) || p - start > 4 || strncmp(p, mark[form][i], n) != 0)
				break;
			p += n;
		}
		if (i < 3 || *p)
			continue;
		bool leap = (v[0] % 4 == 0 && v[0] % 100 != 0) || v[0] % 400 == 0;
		if (v[0] < 1970 || v[0] > 9999 || v[1] < 1 || v[1] > 12 || v[2] < 1 ||
		    v[2] > length[v[1] - 1] + (v[1] == 2 && leap))
			return false;
		*year = (int)v[0];
		*month = (int)v[1];
		*day = (int)v[2];
		return true;
	}
	return false;
}

bool value_clock_time(const char *s, int *minutes)
{
	int64_t h, m;

	if (!digits(&s, &h) || *s++ != ':' || !is_digit(s[0]) || !is_digit(s[1]) || s[2] || !digits(&s, &m))
		return false;
	if (h > 24 || m > 59 || (h == 24 && m > 0))
		return false;
	*minutes = (int)(h * 60 + m);
	return true;
}

bool value_code(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

	return n >= 1 && n <= 32 && s[n] == '\0';
}

void value_duration_show(int64_t ms, char out[32])
{
	static const struct scale units[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 },
		{ "ms", 1 } };
	uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
	size_t used = 0;

	if (ms == 0) {
		strcpy(out, "0");
		return;
	}
	if (ms < 0)
		out[used++] = '-';
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		uint64_t v = left / (uint64_t)units[i].factor;
		left %= (uint64_t)units[i].factor;
		if (v)
			used += (size_t)snprintf(out + used, 32 - used, "%llu%s", (unsigned long long)v, units[i].unit);
	}
}
