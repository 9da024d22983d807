#include "core/machine/urgency.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/machine/automaton.h"

enum { APART = 12, BEFORE = 8, AFTER = 3, POINTS_MAX = 16384 };

static const char *const danger_words[] = {
	"着火", "起火", "失火", "火灾", "爆炸", "电+冒烟", "楼+浓烟", "车+冒烟", "燃气+泄漏", "燃气+泄露", "燃气+漏气", "煤气+泄漏", "煤气+泄露",
	"煤气+漏气", "天然气+泄漏", "天然气+泄露", "燃气+味", "煤气+味", "天然气+味", "被困", "困在", "倒塌", "坍塌", "塌方", "山体滑坡", "泥石流",
	"决堤", "坠落", "坠楼", "跳楼", "轻生", "自杀", "溺水", "落水", "触电", "漏电", "中毒", "昏迷", "晕倒", "休克", "流血", "出血", "血流",
	"没有呼吸", "没呼吸", "生命危险", "持刀", "砍人", "砍伤", "捅伤", "绑架", "救命", "有人受伤", "人员受伤", "人员伤亡",
};
/* Before a danger word, in the same clause: it has not happened, or long ago, or is a wish. */
static const char *const guards_before[] = {
	"没有", "没", "未", "并非", "不是", "无", "防止", "预防", "避免", "以免", "以防", "防范", "杜绝", "担心", "害怕", "怕", "生怕", "恐", "如果", "万一",
	"假如", "要是", "一旦", "若", "可能", "容易", "极易", "易", "引", "会不会", "是否", "去年", "前年", "以前", "曾", "上次", "历史上", "关于", "咨询",
};
/* Right behind one: it is part of another word. */
static const char *const guards_after[] = {
	"隐患", "演练", "演习", "培训", "宣传", "知识", "预案", "险", "保险", "风险", "扰", "管", "井", "口", "洞", "保护器", "开关", "警示", "案例", "的可能",
};

struct urgency {
	struct automaton *words, *before, *after;
	bool *pair; /* by word: wants its second half */
	int n;
};

static bool
add_word(struct urgency *u, const char *word, int i)
{
	const char *plus = strchr(word, '+');

	if (!plus)
		return automaton_add(u->words, word, strlen(word), 2 * i);
	u->pair[i] = true;
	return automaton_add(u->words, word, (size_t)(plus - word), 2 * i) &&
	    automaton_add(u->words, plus + 1, strlen(plus + 1), 2 * i + 1);
}

static struct automaton *
from_list(const char *const *words, size_t n)
{
	struct automaton *a = automaton_new();
	bool ok = a != NULL;

	for (size_t i = 0; ok && i < n; i++)
		ok = automaton_add(a, words[i], strlen(words[i]), (int)i);
	if (ok && automaton_done(a))
		return a;
	automaton_free(a);
	return NULL;
}

struct urgency *
urgency_new(const char *const *words, size_t n)
{
	struct urgency *u = calloc(1, sizeof *u);
	bool ok;

	if (!u)
		return NULL;
	if (!words || n == 0) {
		words = danger_words;
		n = sizeof danger_words / sizeof *danger_words;
	}
	u->n = (int)n;
	u->pair = calloc(n, sizeof *u->pair);
	u->words = automaton_new();
	u->before = from_list(guards_before, sizeof guards_before / sizeof *guards_before);
	u->after = from_list(guards_after, sizeof guards_after / sizeof *guards_after);
	ok = u->pair && u->words && u->before && u->after;
	for (size_t i = 0; ok && i < n; i++)
		ok = add_word(u, words[i], (int)i);
	if (ok && automaton_done(u->words))
		return u;
	urgency_free(u);
	return NULL;
}

void
urgency_free(struct urgency *u)
{
	if (!u)
		return;
	automaton_free(u->words);
	automaton_free(u->before);
	automaton_free(u->after);
	free(u->pair);
	free(u);
}

static bool
ends_clause(uint32_t cp)
{
	return cp == ',' || cp == '.' || cp == ';' || cp == '!' || cp == '?' || cp == '\n' || cp == 0x3002 || cp == 0x3001;
}

/* A guard between the clause's start, at most BEFORE points back, and the word. A word such as 没有呼吸 holds its own negation,
 * which does not lie before it. */
static bool
guarded_before(const struct urgency *u, const uint32_t *point, int start)
{
	int from = start, state = 0, walk;
	struct automaton_hit hit;

	while (from > 0 && start - from < BEFORE && !ends_clause(point[from - 1]))
		from--;
	for (int i = from; i < start; i++) {
		state = automaton_step(u->before, state, point[i]);
		walk = -1;
		if (state != 0 && automaton_hits(u->before, state, &walk, &hit))
			return true;
	}
	return false;
}

static bool
guarded_after(const struct urgency *u, const uint32_t *point, int n, int end)
{
	int state = 0, walk;
	struct automaton_hit hit;

	for (int i = end; i < n && i < end + AFTER; i++) {
		state = automaton_step(u->after, state, point[i]);
		walk = -1;
		while (state != 0 && automaton_hits(u->after, state, &walk, &hit))
			if (i + 1 - hit.points == end)
				return true;
	}
	return false;
}

static void
note(const struct urgency *u, const uint32_t *point, int n, int start, int end, struct urgency_result *out)
{
	if (out->hits == URGENCY_HITS || guarded_before(u, point, start) || guarded_after(u, point, n, end))
		return;
	if (out->hits > 0 && out->hit[out->hits - 1].end >= start) { /* one span for words that overlap */
		out->hit[out->hits - 1].end = end;
		if (start < out->hit[out->hits - 1].start)
			out->hit[out->hits - 1].start = start;
		return;
	}
	out->hit[out->hits++] = (struct urgency_hit){ start, end };
}

void
urgency_find(const struct urgency *u, const char *text, size_t text_len, enum priority given,
    struct urgency_result *out)
{
	enum { PAIRS = 64 };
	uint32_t point[POINTS_MAX];
	struct { int word, start, end; } open[PAIRS]; /* first halves seen lately */
	int n = 0, state = 0, nopen = 0;

	memset(out, 0, sizeof *out);
	out->priority = given;
	for (size_t at = 0; at < text_len && n < POINTS_MAX; n++) {
		at += utf8_decode(text + at, text_len - at, &point[n]);
		point[n] = fold_point(point[n]);
	}
	for (int i = 0; i < n && out->hits < URGENCY_HITS; i++) {
		struct automaton_hit hit;
		int walk = -1;

		state = automaton_step(u->words, state, point[i]);
		while (state != 0 && automaton_hits(u->words, state, &walk, &hit)) {
			int word = hit.id / 2, start = i + 1 - hit.points;

			if (!u->pair[word])
				note(u, point, n, start, i + 1, out);
			else if (hit.id % 2 == 0) {
				open[nopen++ % PAIRS].word = word;
				open[(nopen - 1) % PAIRS].start = start;
				open[(nopen - 1) % PAIRS].end = i + 1;
			} else {
				for (int k = nopen - 1; k >= 0 && k >= nopen - PAIRS; k--)
					if (open[k % PAIRS].word == word && start >= open[k % PAIRS].end &&
					    start - open[k % PAIRS].end <= APART) {
						note(u, point, n, open[k % PAIRS].start, i + 1, out);
						break;
					}
			}
		}
	}
	if (out->hits > 0) {
		out->danger = true;
		out->priority = PRIORITY_URGENT;
		out->flags = FLAG_DANGER;
	}
}
