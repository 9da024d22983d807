#include "core/machine/personal.h"

enum { ID_LEAST = 5, IDENTITY_OLD = 15, IDENTITY = 18, LINKS = 4 };

/* Folded, longest first. */
static const char *const messengers[] = {
	"whatsapp", "telegram", "wechat", "weixin", "支付宝", "微信", "威信", "薇信", "扣扣", "抖音", "v信", "vx", "wx", "qq", NULL,
};
static const char *const links[] = { "同号", "账号", "帐号", "号码", "号", "群", "是", "为", "叫", "id", ":", "=", " ", "(", "\"", NULL };

static bool
is_id(uint32_t cp)
{
	return points_is_latin(cp) || points_is_digit(cp) || cp == '_' || cp == '-';
}

/* The end of a messenger's id whose name begins at `at`; where there is none, of the name and 号 behind it; 0 = no messenger. */
static int
messenger(const struct points *p, int at)
{
	int n = points_one_of(p, at, messengers), named, end;

	if (n == 0 || (points_is_latin(points_at(p, at)) && points_is_latin(points_at(p, at - 1))))
		return 0;
	named = at += n;
	for (int i = 0; i < LINKS && (n = points_one_of(p, at, links)) > 0; i++)
		at += n;
	for (end = at; is_id(points_at(p, end)); end++)
		;
	if (end - at >= ID_LEAST)
		return end;
	n = points_one_of(p, named, (const char *const[]){ "账号", "帐号", "号码", "号", NULL });
	return n ? named + n : 0;
}

/* Digits with single blanks or hyphens between, an x at the end: the end when they are as many as an identity number has. */
static int
identity(const struct points *p, int at)
{
	int digits = 0, i = at;

	while (points_is_digit(points_at(p, i)) || (digits == IDENTITY - 1 && points_at(p, i) == 'x') ||
	    ((points_at(p, i) == ' ' || points_at(p, i) == '-') && points_is_digit(points_at(p, i + 1)))) {
		digits += points_at(p, i) != ' ' && points_at(p, i) != '-';
		i++;
	}
	return digits == IDENTITY || digits == IDENTITY_OLD ? i : 0;
}

/* An @ at `at`: what stands around it. */
static bool
mail(const struct points *p, int at, struct span *out)
{
	bool dot = false;
	int start = at, end = at + 1;

	while (start > 0 && (is_id(p->point[start - 1]) || p->point[start - 1] == '.' || p->point[start - 1] == '+'))
		start--;
	for (; is_id(points_at(p, end)) || (points_at(p, end) == '.' && is_id(points_at(p, end + 1))); end++)
		dot |= p->point[end] == '.';
	*out = (struct span){ start, end };
	return start < at && dot;
}

int
personal_find(const struct points *p, struct span out[PERSONAL_MAX])
{
	int n = 0, end;

	for (int i = 0; i < p->n && n < PERSONAL_MAX; i++) {
		uint32_t cp = p->point[i];

		if (cp == '@' && mail(p, i, &out[n])) {
			i = out[n++].end - 1;
			continue;
		}
		if (points_is_digit(cp)) {
			end = identity(p, i);
			while (end == 0 && points_is_digit(points_at(p, i + 1)))
				i++;
		} else
			end = messenger(p, i);
		if (end > 0) {
			out[n++] = (struct span){ i, end };
			i = end - 1;
		}
	}
	return n;
}
