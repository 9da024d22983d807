#include "core/machine/plate.h"

#include <string.h>

enum { SHORT = 5, LONG = 6, GAP = 2 };

/* The 31 provinces' short names, and 使 and 领 of embassies and consulates; what may stand last instead of a digit. */
static const char *const provinces[] = {
	"京", "津", "沪", "渝", "冀", "豫", "云", "辽", "黑", "湘", "皖", "鲁", "新", "苏", "浙", "赣", "鄂", "桂", "甘", "晋", "蒙", "陕", "吉", "闽",
	"贵", "粤", "青", "藏", "川", "宁", "琼", "使", "领", NULL,
};
static const char *const tails[] = { "挂", "学", "警", "港", "澳", "领", "使", NULL };
static const char *const announce[] = { "车牌号码", "车牌号", "车牌照", "车牌", "牌照号", "牌照", "车号", NULL };

static bool
is_letter(uint32_t cp)
{
	return points_is_latin(cp) && cp != 'i' && cp != 'o';
}

/* Blanks and the dot between the parts of a plate. */
static int
gap(const struct points *p, int at)
{
	int n = 0;

	for (; n < GAP; n++) {
		uint32_t cp = points_at(p, at + n);

		if (cp != ' ' && cp != '.' && cp != '-' && cp != 0xb7 && cp != 0x2022 && cp != 0x30fb)
			break;
	}
	return n;
}

/* City letter and number at `at`. Returns the end, 0 = no plate. New-energy plates have six signs: for small cars the first is a
 * letter, for large ones the last; all others have five. A word such as 辽ICP has no digits. */
static int
number(const struct points *p, int at)
{
	int i = at, n = 0, digits = 0, letters = 0, last;

	if (!is_letter(points_at(p, i)))
		return 0;
	i += 1 + gap(p, i + 1);
	while (n < LONG) {
		uint32_t cp = points_at(p, i);

		if (points_is_digit(cp))
			digits++;
		else if (is_letter(cp))
			letters++;
		else if (!(n == 1 && letters == 1 && gap(p, i) == 1)) /* 粤B·D 12345 */
			break;
		else
			n--;
		n++;
		i++;
	}
	last = i - 1;
	if (n == SHORT - 1 && points_one_of(p, i, tails))
		return digits >= 2 ? i + 1 : 0;
	if (points_is_latin(points_at(p, i)) || points_is_digit(points_at(p, i)) || digits < 2)
		return 0;
	if (n == SHORT)
		return letters <= 3 ? i : 0;
	return n == LONG && letters <= 2 && (!points_is_digit(points_at(p, last)) || !points_is_digit(points_at(p, last - LONG + 1))) ? i : 0;
}

/* Is there a 车牌号 within the few points before? */
static bool
announced(const struct points *p, int at)
{
	static const char *const links[] = { "号码为", "号为", "号是", "是", "为", ":", "(", "\"", " ", NULL };
	int n;

	for (int i = 0; i < 3 && (n = points_one_before(p, at, links)) > 0; i++)
		at -= n;
	return points_one_before(p, at, announce) > 0;
}

bool
plate_find(const struct points *p, int *from, struct span *out)
{
	for (int i = *from; i + SHORT < p->n; i++) {
		int start = i, end = 0;

		if (points_is_han(p->point[i]) && is_letter(points_at(p, i + 1 + gap(p, i + 1))) && points_one_of(p, i, provinces))
			end = number(p, i + 1 + gap(p, i + 1));
		else if (is_letter(p->point[i]) && !points_is_latin(points_at(p, i - 1)) && announced(p, i))
			end = number(p, i);
		if (end > 0) {
			*out = (struct span){ start, end };
			*from = end;
			return true;
		}
	}
	return false;
}
