#include "core/machine/said_type.h"

#include <stdlib.h>
#include <string.h>

/* The first OPENING points are where people say what they want; CLEAR is what a kind must gather to be told. */
enum { OPENING = 24, HITS = 256, CLEAR = 3, OWN_WEIGHT = 4, ASKED = 12 };

struct cue { const char *word; enum said_kind kind; int weight; };

static const struct cue cues[] = {
	/* What the hotline's operators write before everything else. */
	{ "来电咨询", SAID_CONSULTATION, 9 }, { "微信咨询", SAID_CONSULTATION, 9 }, { "咨询:", SAID_CONSULTATION, 9 },
	{ "来电反映", SAID_COMPLAINT, 3 }, { "来电投诉", SAID_COMPLAINT, 9 }, { "来电举报", SAID_COMPLAINT, 9 },
	{ "来电建议", SAID_SUGGESTION, 12 }, { "反映建议", SAID_SUGGESTION, 9 }, { "来电求助", SAID_HELP, 12 }, { "来电表扬", SAID_OTHER, 12 },
	{ "反映咨询", SAID_CONSULTATION, 9 }, { "微信反映", SAID_COMPLAINT, 3 }, { "公众号反映", SAID_COMPLAINT, 3 },

	{ "咨询", SAID_CONSULTATION, 4 }, { "请问", SAID_CONSULTATION, 4 }, { "想问", SAID_CONSULTATION, 4 }, { "问一下", SAID_CONSULTATION, 4 },
	{ "请教", SAID_CONSULTATION, 4 }, { "想了解", SAID_CONSULTATION, 4 }, { "想知道", SAID_CONSULTATION, 3 }, { "了解一下", SAID_CONSULTATION, 3 },
	{ "如何办理", SAID_CONSULTATION, 4 }, { "怎么办理", SAID_CONSULTATION, 4 }, { "怎样办理", SAID_CONSULTATION, 4 }, { "什么手续", SAID_CONSULTATION, 4 },
	{ "什么材料", SAID_CONSULTATION, 4 }, { "哪些材料", SAID_CONSULTATION, 4 }, { "哪些手续", SAID_CONSULTATION, 4 }, { "什么条件", SAID_CONSULTATION, 4 }, { "怎么申请", SAID_CONSULTATION, 3 }, { "如何申请", SAID_CONSULTATION, 4 }, { "哪里申请", SAID_CONSULTATION, 3 },
	{ "去哪里", SAID_CONSULTATION, 2 }, { "在哪里", SAID_CONSULTATION, 2 }, { "有什么", SAID_CONSULTATION, 1 }, { "有没有", SAID_CONSULTATION, 1 }, { "怎么", SAID_CONSULTATION, 1 },
	{ "?", SAID_CONSULTATION, 1 }, { "是多少", SAID_CONSULTATION, 2 }, { "需要什么", SAID_CONSULTATION, 3 }, { "是否可以", SAID_CONSULTATION, 1 }, { "可以吗", SAID_CONSULTATION, 1 },
	{ "哪些", SAID_CONSULTATION, 1 }, { "手续", SAID_CONSULTATION, 1 }, { "落户", SAID_CONSULTATION, 1 }, { "注销", SAID_CONSULTATION, 1 },
	{ "什么时候", SAID_CONSULTATION, 2 }, { "何时", SAID_CONSULTATION, 2 }, { "多少钱", SAID_CONSULTATION, 1 }, { "哪个部门", SAID_CONSULTATION, 2 },
	{ "如何", SAID_CONSULTATION, 2 }, { "怎么办", SAID_CONSULTATION, 1 }, { "怎样", SAID_CONSULTATION, 1 }, { "是否", SAID_CONSULTATION, 1 },
	{ "能否", SAID_CONSULTATION, 1 }, { "可否", SAID_CONSULTATION, 1 }, { "吗?", SAID_CONSULTATION, 2 }, { "吗", SAID_CONSULTATION, 1 },
	{ "能不能办", SAID_CONSULTATION, 3 }, { "可以办", SAID_CONSULTATION, 2 }, { "有没有规定", SAID_CONSULTATION, 3 }, { "政策", SAID_CONSULTATION, 1 },
	{ "上班时间", SAID_CONSULTATION, 2 }, { "办公时间", SAID_CONSULTATION, 2 }, { "电话是多少", SAID_CONSULTATION, 4 },

	{ "投诉", SAID_COMPLAINT, 4 }, { "举报", SAID_COMPLAINT, 4 }, { "反映", SAID_COMPLAINT, 2 }, { "控诉", SAID_COMPLAINT, 3 },
	{ "曝光", SAID_COMPLAINT, 3 }, { "扰民", SAID_COMPLAINT, 3 }, { "噪音", SAID_COMPLAINT, 2 }, { "噪声", SAID_COMPLAINT, 2 },
	{ "严重影响", SAID_COMPLAINT, 3 }, { "影响居民", SAID_COMPLAINT, 2 }, { "乱收费", SAID_COMPLAINT, 3 }, { "拖欠", SAID_COMPLAINT, 3 },
	{ "欺骗", SAID_COMPLAINT, 3 }, { "欺诈", SAID_COMPLAINT, 3 }, { "诈骗", SAID_COMPLAINT, 2 }, { "不作为", SAID_COMPLAINT, 3 },
	{ "推诿", SAID_COMPLAINT, 3 }, { "态度恶劣", SAID_COMPLAINT, 3 }, { "违建", SAID_COMPLAINT, 2 }, { "违章", SAID_COMPLAINT, 2 },
	{ "违规", SAID_COMPLAINT, 2 }, { "违法", SAID_COMPLAINT, 2 }, { "非法", SAID_COMPLAINT, 2 }, { "无证", SAID_COMPLAINT, 2 },
	{ "占道", SAID_COMPLAINT, 2 }, { "查处", SAID_COMPLAINT, 3 }, { "核实处理", SAID_COMPLAINT, 2 }, { "不合理", SAID_COMPLAINT, 3 }, { "请处理", SAID_COMPLAINT, 2 }, { "尽快处理", SAID_COMPLAINT, 2 }, { "不退款", SAID_COMPLAINT, 3 }, { "臭气", SAID_COMPLAINT, 2 },
	{ "没人管", SAID_COMPLAINT, 3 }, { "无人管", SAID_COMPLAINT, 3 }, { "给个说法", SAID_COMPLAINT, 3 }, { "管一管", SAID_COMPLAINT, 2 },
	{ "管管", SAID_COMPLAINT, 2 }, { "臭", SAID_COMPLAINT, 1 }, { "不退", SAID_COMPLAINT, 2 }, { "至今没有", SAID_COMPLAINT, 1 },
	{ "维权", SAID_COMPLAINT, 2 }, { "忍无可忍", SAID_COMPLAINT, 3 }, { "受不了", SAID_COMPLAINT, 2 }, { "太吵", SAID_COMPLAINT, 3 },
	{ "还我", SAID_COMPLAINT, 2 }, { "偷工减料", SAID_COMPLAINT, 3 }, { "没法睡", SAID_COMPLAINT, 3 }, { "无法休息", SAID_COMPLAINT, 3 },
	{ "无果", SAID_COMPLAINT, 2 }, { "正常生活", SAID_COMPLAINT, 2 }, { "不达标", SAID_COMPLAINT, 2 }, { "不热", SAID_COMPLAINT, 1 }, { "安全隐患", SAID_COMPLAINT, 2 },
	{ "希望相关部门", SAID_COMPLAINT, 2 }, { "望相关", SAID_COMPLAINT, 1 }, { "互相推", SAID_COMPLAINT, 3 }, { "清理", SAID_COMPLAINT, 1 }, { "拆除", SAID_COMPLAINT, 1 },
	{ "破坏", SAID_COMPLAINT, 1 }, { "违反", SAID_COMPLAINT, 2 }, { "制止", SAID_COMPLAINT, 1 }, { "半夜", SAID_COMPLAINT, 1 }, { "垃圾", SAID_COMPLAINT, 1 },
	{ "要求整改", SAID_COMPLAINT, 3 }, { "没人", SAID_COMPLAINT, 1 }, { "不顾", SAID_COMPLAINT, 1 }, { "恶劣", SAID_COMPLAINT, 2 }, { "多次反映", SAID_COMPLAINT, 3 },
	{ "承诺", SAID_COMPLAINT, 1 }, { "至今未", SAID_COMPLAINT, 2 }, { "严重", SAID_COMPLAINT, 1 }, { "黑心", SAID_COMPLAINT, 3 }, { "霸王", SAID_COMPLAINT, 3 },
	{ "complain", SAID_COMPLAINT, 4 }, { "complaint", SAID_COMPLAINT, 4 },

	{ "建议", SAID_SUGGESTION, 5 }, { "提议", SAID_SUGGESTION, 4 }, { "倡议", SAID_SUGGESTION, 4 }, { "我的建议", SAID_SUGGESTION, 3 },
	{ "提个建议", SAID_SUGGESTION, 5 }, { "合理化", SAID_SUGGESTION, 3 }, { "希望增设", SAID_SUGGESTION, 5 }, { "希望能增设", SAID_SUGGESTION, 5 },
	{ "希望增加", SAID_SUGGESTION, 5 }, { "希望能增加", SAID_SUGGESTION, 5 }, { "应该增设", SAID_SUGGESTION, 4 }, { "应当增设", SAID_SUGGESTION, 4 },
	{ "能否增设", SAID_SUGGESTION, 5 }, { "能否增加", SAID_SUGGESTION, 5 }, { "可否增设", SAID_SUGGESTION, 5 }, { "不妨", SAID_SUGGESTION, 3 },
	{ "呼吁", SAID_SUGGESTION, 3 }, { "suggest", SAID_SUGGESTION, 4 },

	{ "求助", SAID_HELP, 6 }, { "求救", SAID_HELP, 6 }, { "救救", SAID_HELP, 6 }, { "救命", SAID_HELP, 6 }, { "救助", SAID_HELP, 2 },
	{ "请帮我", SAID_HELP, 4 }, { "请帮忙", SAID_HELP, 4 }, { "帮帮我", SAID_HELP, 5 }, { "帮帮忙", SAID_HELP, 4 }, { "帮帮", SAID_HELP, 3 },
	{ "帮忙解决", SAID_HELP, 4 }, { "帮忙", SAID_HELP, 2 }, { "寻求帮助", SAID_HELP, 5 }, { "需要帮助", SAID_HELP, 5 }, { "请求帮助", SAID_HELP, 5 },
	{ "恳请帮助", SAID_HELP, 5 }, { "给予帮助", SAID_HELP, 3 }, { "请求援助", SAID_HELP, 5 }, { "走失", SAID_HELP, 3 }, { "走丢", SAID_HELP, 3 },
	{ "寻人", SAID_HELP, 4 }, { "被困", SAID_HELP, 3 }, { "快来人", SAID_HELP, 4 }, { "急需", SAID_HELP, 2 }, { "help", SAID_HELP, 3 },

	{ "表扬", SAID_OTHER, 7 }, { "表揚", SAID_OTHER, 7 }, { "感谢信", SAID_OTHER, 7 }, { "锦旗", SAID_OTHER, 7 }, { "特别感谢", SAID_OTHER, 5 },
	{ "特此感谢", SAID_OTHER, 7 }, { "拾金不昧", SAID_OTHER, 7 }, { "好人好事", SAID_OTHER, 5 }, { "点赞", SAID_OTHER, 4 }, { "热情周到", SAID_OTHER, 4 },
	{ "衷心感谢", SAID_OTHER, 3 }, { "非常感谢", SAID_OTHER, 2 }, { "要感谢", SAID_OTHER, 4 },
};
/* Right before a cue: it tells of what was done elsewhere or earlier ("多次投诉", "已咨询", "打电话咨询物业") or denies it. It counts one. */
static const char *const told[] = {
	"多次", "曾经", "曾", "已经", "已", "去", "我们", "向物业", "电话", "之前", "以前", "前期", "屡次", "反复", "没有", "没", "不", "接到", "被", "无法", "受理", "不断",
	"一直", "也", "再", "经", "联系", "对", "可", "后", "为", "网上", NULL,
};

/* Right before a cue: it is not meant at all (不是投诉). */
static const char *const denied[] = { "不是要", "不是来", "不是想", "并不是", "不是", "并非", "不算", "无意", "不想", NULL };
/* A cue within another word: 被困 of 被困难群众. */
static const char *const others[] = { "被困难", "被困扰", NULL };

struct own { enum said_kind kind; };
struct said_type {
	struct automaton *words;
	struct own *own;  /* the policy's words, numbered behind the cues */
};

const char *
said_kind_name(enum said_kind k)
{
	static const char *const names[SAID_KINDS] = { "", "consultation", "complaint", "suggestion", "help", "other" };

	return names[k];
}

const char *
said_kind_zh(enum said_kind k)
{
	static const char *const names[SAID_KINDS] = { "", "咨询", "投诉", "建议", "求助", "其他" };

	return names[k];
}

struct said_type *
said_type_new(const struct said_words *more)
{
	enum { CUES = sizeof cues / sizeof *cues };
	struct said_type *t = calloc(1, sizeof *t);
	int n = 0;
	bool ok;

	for (int k = 0; more && k < SAID_KINDS; k++)
		n += more->n[k];
	ok = t && (t->words = automaton_new()) && (t->own = calloc((size_t)n + 1, sizeof *t->own));
	for (int i = 0; ok && i < CUES; i++)
		ok = automaton_add(t->words, cues[i].word, strlen(cues[i].word), i);
	for (int k = 0, id = 0; more && k < SAID_KINDS; k++)
		for (int i = 0; ok && i < more->n[k]; i++, id++) {
			t->own[id].kind = (enum said_kind)k;
			ok = automaton_add(t->words, more->word[k][i], strlen(more->word[k][i]), CUES + id);
		}
	if (ok && automaton_done(t->words))
		return t;
	said_type_free(t);
	return NULL;
}

void
said_type_free(struct said_type *t)
{
	if (!t)
		return;
	automaton_free(t->words);
	free(t->own);
	free(t);
}

/* 投诉建议热线怎么打: what is asked about is a number, whatever it is called. The end of its name, 0 = a cue as it stands. */
static int
asked_about(const struct points *p, int at)
{
	static const char *const more[] = { "投诉", "举报", "建议", "咨询", "求助", "监督", "服务", "政务", "市民", "和", "与", "及", "的", "/", "\xe3\x80\x81", NULL };
	static const char *const ways[] = { "热线", "电话", "专线", "渠道", "平台", "邮箱", "号码", "网站", "入口", "方式", "途径", NULL };
	static const char *const asks[] = { "怎么打", "是多少", "多少", "是什么", "是几", "几号", "在哪", "哪里", "哪个", "怎么找", "怎么联系", "如何联系", "怎么拨", "如何拨打", "有没有", "有吗", NULL };
	static const char *const fails[] = { "不通", "没人接", "无人接", "为什么", "占线", "不接", NULL };
	int end, n;
	bool asked = false;

	while ((n = points_one_of(p, at, more)) > 0)
		at += n;
	if ((n = points_one_of(p, at, ways)) == 0)
		return 0;
	for (end = at += n; end < at + ASKED && !points_is_stop(points_at(p, end)); end++) {
		if (points_one_of(p, end, fails))
			return 0;
		asked |= points_one_of(p, end, asks) > 0;
	}
	return asked ? end : 0;
}

enum said_kind
said_type_find(const struct said_type *t, const struct points *p, struct span *at)
{
	enum { CUES = sizeof cues / sizeof *cues };
	struct words_hit hit[HITS];
	int n = points_scan(p, t->words, hit, HITS), sum[SAID_KINDS] = { 0 }, best[SAID_KINDS] = { 0 };
	struct span where[SAID_KINDS] = { { 0, 0 } };
	enum said_kind first = SAID_NOTHING;
	bool tie = false;

	for (int i = 0; i < n; i++) {
		bool own = hit[i].id >= CUES;
		enum said_kind kind = own ? t->own[hit[i].id - CUES].kind : cues[hit[i].id].kind;
		int weight = own ? OWN_WEIGHT : cues[hit[i].id].weight;

		if (!own && (points_one_before(p, hit[i].start, denied) || points_one_of(p, hit[i].start, others)))
			continue;
		if (!own && asked_about(p, hit[i].end))
			kind = SAID_CONSULTATION;
		else if (!own && points_one_before(p, hit[i].start, told))
			weight = 1;
		else if (hit[i].start < OPENING)
			weight *= 2;
		sum[kind] += weight;
		if (weight > best[kind]) {
			best[kind] = weight;
			where[kind] = (struct span){ hit[i].start, hit[i].end };
		}
	}
	for (int k = SAID_NOTHING + 1; k < SAID_KINDS; k++) {
		tie = sum[k] == sum[first] ? true : sum[k] > sum[first] ? false : tie;
		if (sum[k] > sum[first])
			first = (enum said_kind)k;
	}
	if (tie || sum[first] < CLEAR)
		return SAID_NOTHING;
	*at = where[first];
	return first;
}
