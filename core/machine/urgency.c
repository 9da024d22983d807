#include "core/machine/urgency.h"

#include <stdlib.h>
#include <string.h>
#include "core/machine/automaton.h"

enum { APART = 12, BEFORE = 12, AFTER = 8, PAIRS = 64 };

static const char *const danger_words[] = {
	"着火", "起火", "失火", "火灾", "爆炸", "电+冒烟", "楼+浓烟", "车+冒烟", "燃气+泄漏", "燃气+泄露", "燃气+漏气", "煤气+泄漏", "煤气+泄露",
	"煤气+漏气", "天然气+泄漏", "天然气+泄露", "燃气+味", "煤气+味", "天然气+味", "被困", "困在", "倒塌", "坍塌", "塌方", "山体滑坡", "泥石流",
	"决堤", "坠落", "坠楼", "跳楼", "轻生", "自杀", "溺水", "落水", "触电", "漏电", "中毒", "昏迷", "晕倒", "休克", "流血", "出血", "血流",
	"没有呼吸", "没呼吸", "生命危险", "持刀", "砍人", "砍伤", "捅伤", "绑架", "救命", "有人受伤", "人员受伤", "人员伤亡",
};

/* --- guards: why a word is not what is happening now ---------------------------------------------------------------- */

/* In the clause before the word: denied, prevented, feared, supposed, possible, a cause of what may come, past, asked about. */
static const char *const before_words[] = {
	"没有", "没", "未", "并非", "不是", "无", "防止", "预防", "避免", "以免", "以防", "防范", "杜绝", "谨防", "严防", "防",
	"担心", "害怕", "怕", "生怕", "恐", "唯恐", "担忧", "忧虑", "深怕", "就怕", "万一", "如果", "假如", "假设", "要是", "倘若", "一旦", "若", "如遇", "遇到", "若是", "即使", "哪怕",
	"可能", "容易", "极易", "易", "引", "会不会", "是否", "随时", "迟早", "早晚", "将会", "将要", "势必", "必然", "足以", "险些", "差点", "差一点", "几乎", "存在", "有着", "造成", "导致", "带来", "以致",
	"去年", "前年", "往年", "以前", "之前", "曾", "上次", "历史上", "当年", "前些年", "几年前", "多年前", "过去", "曾经", "多次", "几次", "经常", "常常", "时常", "屡次", "每年", "每次", "屡屡", "好几次",
	"关于", "咨询", "请问", "请教", "对于", "什么是", "如何", "怎样", "怎么", "为了", "针对", "涉及", "所谓", "比如", "例如", "譬如", "像", "如同", "好像", "犹如", "好比", "仿佛", "似的",
	"信息", "知识", "人口", "数据", "流量", "网络", "被告", "以", "要", "让我", "逼", "想", "差不多", "令人", "使人", "感觉", "等着", "非要", "难道", "除非", "不会", "不能", "不要", "不再",
	"报道", "新闻", "视频", "听说", "据说", "传言", "电视", "小说", "电影", "历史", "案例", "事件中", "防火", "消防", "保险", "演", "培训", "宣传", "检查", "排查", "整治", "整改", "监测", "预警", "应对",
	"需要", "为避免", "隐患", NULL,
};
/* Right behind it, or a few points on: part of another word, a possibility, an aftermath, somebody's office. */
static const char *const after_words[] = {
	"隐患", "演练", "演习", "培训", "宣传", "知识", "预案", "险", "保险", "风险", "扰", "管", "井", "口", "洞", "保护", "开关", "警示", "案例", "的可能", "可能", "的危险", "危险", "的后果",
	"式", "性", "点", "物", "品", "危", "事故报告", "理赔", "赔偿", "赔付", "抚恤", "认定", "鉴定", "报警器", "报警", "自动", "系统", "逃生", "应急", "防护", "防治", "预防", "救援队", "救生", "救援站", "之类",
	"等事", "等隐", "等危", "等安全", "等问题", "什么", "怎么", "吗", "呢", "谁", "如何", "了谁", "后的", "以后", "之后", "后果", "案", "罪", "史", "率", "死亡率", "的概率", "几率", "的时候", "时怎", "怎样",
	"的新闻", "的视频", "的报道", "的感觉", "房", "楼板房", "房屋翻建", "房翻", "重建", "指数", "门", NULL,
};
/* Anywhere in the clause behind the word: it asks, supposes or tells of what came of it. */
static const char *const clause_words[] = {
	"怎么办理", "谁负责", "谁来负责", "责任", "怎么赔", "如何赔", "赔偿", "理赔", "报销", "起诉", "判决", "鉴定", "法院", "的可能", "隐患", "风险", "后果", "咋办", "不堪设想", "?", NULL,
};
/* A figure of speech or another matter with the word in it; stands around it. */
static const char *const phrases[] = {
	"信息爆炸", "人口爆炸", "知识爆炸", "爆炸式", "爆炸性", "爆炸头", "大爆炸", "深被困", "困扰", "被困扰", "贫困", "为生活所困", "被困难", "落水管", "落水洞", "落水井", "落水口", "落水斗", "落水孔",
	"食品中毒险", "起火点", "着火点", "自杀式", "轻生命", "头脑发热", "热血", "心里流血", "心在流血", "心流血", "流血流汗", "坠落物", "高空坠落", "脑出血", "牙龈出血", "胃出血", "大出血后", "出血热", "出血率", "出血点",
	"眼底出血", "病毒中毒", "中毒很深", "手机中毒", "电脑中毒", "着火的红", "救命钱", "救命药", "救命稻草", "救命恩人", "养老救命", "救命的药", "救命之", "漏电保护", "漏电开关", "防溺水", "防火灾", "火灾险",
	"倒塌房", "房倒塌", "昏迷指数", "跳楼价", "跳楼大甩卖", "跳楼机", "生命危险期", "血流成河", "血压", "血糖", "冒烟指数", "怒火", "火灾后", "火灾现场", "起火原因", "持刀具", NULL,
};

/* --- building --------------------------------------------------------------------------------------------------------- */

struct urgency {
	struct automaton *words, *phrases;
	bool *pair;   /* by word: wants its second half */
	int n, urgent; /* words; the first `urgent` of them speak of danger */
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

struct urgency *
urgency_new(const struct urgency_words *urgent, const struct urgency_words *fast)
{
	static const struct urgency_words built_in = { danger_words, sizeof danger_words / sizeof *danger_words }, none = { NULL, 0 };
	struct urgency *u = calloc(1, sizeof *u);
	bool ok;

	if (!u)
		return NULL;
	urgent = urgent && urgent->n ? urgent : &built_in;
	fast = fast ? fast : &none;
	u->urgent = (int)urgent->n;
	u->n = u->urgent + (int)fast->n;
	u->pair = calloc((size_t)u->n, sizeof *u->pair);
	u->words = automaton_new();
	u->phrases = words_new(phrases, sizeof phrases / sizeof *phrases - 1, sizeof *phrases);
	ok = u->pair && u->words && u->phrases;
	for (int i = 0; ok && i < u->n; i++)
		ok = add_word(u, i < u->urgent ? urgent->word[i] : fast->word[i - u->urgent], i);
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
	automaton_free(u->phrases);
	free(u->pair);
	free(u);
}

/* --- finding ---------------------------------------------------------------------------------------------------------- */

struct search {
	const struct urgency *u;
	const struct points *p;
	struct urgency_result *out;
	struct urgency_hit fast[URGENCY_HITS];
	int nfast;
};

/* A guard between the clause's start, at most BEFORE points back, and the word. A word such as 没有呼吸 holds its own negation,
 * which does not lie before it. */
static bool
guarded_before(const struct points *p, int start)
{
	int from = start;

	while (from > 0 && start - from < BEFORE && !points_is_stop(p->point[from - 1]))
		from--;
	for (int i = from; i < start; i++) {
		int n = points_one_of(p, i, before_words);

		if (n > 0 && i + n <= start)
			return true;
	}
	return false;
}

static bool
guarded_after(const struct points *p, int end)
{
	for (int i = end; i < end + 2; i++)
		if (points_one_of(p, i, after_words))
			return true;
	for (int i = end; i < end + AFTER; i++) {
		if (points_one_of(p, i, clause_words))
			return true;
		if (points_is_stop(points_at(p, i)))
			break;
	}
	return false;
}

static bool
in_phrase(const struct search *s, int start, int end)
{
	struct automaton_hit hit;
	int state = 0, from = start > AFTER ? start - AFTER : 0;

	for (int i = from; i < s->p->n && i < end + AFTER; i++) {
		int walk = -1;

		state = automaton_step(s->u->phrases, state, s->p->point[i]);
		while (state != 0 && automaton_hits(s->u->phrases, state, &walk, &hit))
			if (i + 1 - hit.points < end && i + 1 > start)
				return true;
	}
	return false;
}

static int
add_hit(struct urgency_hit *hit, int n, int start, int end)
{
	if (n > 0 && hit[n - 1].end >= start) { /* one span for words that overlap */
		hit[n - 1].end = end;
		if (start < hit[n - 1].start)
			hit[n - 1].start = start;
		return n;
	}
	if (n < URGENCY_HITS)
		hit[n++] = (struct urgency_hit){ start, end };
	return n;
}

static void
note(struct search *s, int word, int start, int end)
{
	if (guarded_before(s->p, start) || guarded_after(s->p, end) || in_phrase(s, start, end))
		return;
	if (word < s->u->urgent)
		s->out->hits = add_hit(s->out->hit, s->out->hits, start, end);
	else
		s->nfast = add_hit(s->fast, s->nfast, start, end);
}

static void
look(struct search *s)
{
	struct { int word, start, end; } open[PAIRS]; /* first halves seen lately */
	int state = 0, nopen = 0;

	for (int i = 0; i < s->p->n && s->out->hits < URGENCY_HITS; i++) {
		struct automaton_hit hit;
		int walk = -1;

		state = automaton_step(s->u->words, state, s->p->point[i]);
		while (state != 0 && automaton_hits(s->u->words, state, &walk, &hit)) {
			int word = hit.id / 2, start = i + 1 - hit.points;

			if (!s->u->pair[word])
				note(s, word, start, i + 1);
			else if (hit.id % 2 == 0) {
				open[nopen % PAIRS].word = word;
				open[nopen % PAIRS].start = start;
				open[nopen++ % PAIRS].end = i + 1;
			} else {
				for (int k = nopen - 1; k >= 0 && k >= nopen - PAIRS; k--)
					if (open[k % PAIRS].word == word && start >= open[k % PAIRS].end &&
					    start - open[k % PAIRS].end <= APART) {
						note(s, word, open[k % PAIRS].start, i + 1);
						break;
					}
			}
		}
	}
}

void
urgency_read(const struct urgency *u, const struct points *p, enum priority given, struct urgency_result *out)
{
	struct search s = { .u = u, .p = p, .out = out };

	memset(out, 0, sizeof *out);
	out->priority = given;
	look(&s);
	if (out->hits > 0) {
		out->danger = true;
		out->priority = PRIORITY_URGENT;
		out->flags = FLAG_DANGER;
	} else if (s.nfast > 0 && given == PRIORITY_NORMAL) {
		out->priority = PRIORITY_FAST;
	}
	for (int i = 0; i < s.nfast && out->hits < URGENCY_HITS; i++)
		out->hit[out->hits++] = s.fast[i];
}

void
urgency_find(const struct urgency *u, const char *text, size_t text_len, enum priority given, struct urgency_result *out)
{
	struct points p;

	points_read(&p, text, text_len);
	urgency_read(u, &p, given, out);
}
