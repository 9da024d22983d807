#include "core/machine/urgency.h"

#include <stdlib.h>
#include <string.h>
#include "core/machine/automaton.h"

enum { APART = 12, BEFORE = 14, NEAR = 3, AFTER = 10, SENTENCE = 48, QUOTED = 160, DEEP = 160, PAIRS = 64 };

static const char *const danger_words[] = {
	"着火", "起火", "失火", "火灾", "爆炸", "电+冒烟", "楼+浓烟", "车+冒烟", "燃气+泄漏", "燃气+泄露", "燃气+漏气", "煤气+泄漏", "煤气+泄露",
	"煤气+漏气", "天然气+泄漏", "天然气+泄露", "燃气+味", "煤气+味", "天然气+味", "被困", "困在", "倒塌", "坍塌", "塌方", "山体滑坡", "泥石流",
	"决堤", "坠落", "坠楼", "跳楼", "轻生", "自杀", "溺水", "落水", "触电", "漏电", "中毒", "昏迷", "晕倒", "休克", "流血", "出血", "血流",
	"困人", "电梯+困住", "电梯+困了", "关在电梯", "卡在电梯", "瓦斯+味", "瓦斯+泄漏", "瓦斯+泄露", "gas+leak", "gas+leaks", "gas+leaking", "leak+gas", "leaking+gas", "smell+gas", "gas+smell", "gas+泄漏", "gas+泄露", "gas+味", "漏gas",
	"fire", "explosion", "exploded", "trapped", "collapsed", "collapse", "blood", "bleeding", "unconscious", "not breathing", "drowning", "stuck+elevator", "stuck+lift",
	"没有呼吸", "没呼吸", "生命危险", "持刀", "砍人", "砍伤", "捅伤", "绑架", "救命", "有人受伤", "人员受伤", "人员伤亡",
};

/* --- guards: why a word is not what is happening now ---------------------------------------------------------------- */

/* Anywhere in the clause before: prevented, feared, supposed, possible, past, recurring, asked about, told of elsewhere. */
static const char *const far_before[] = {
	"防止", "预防", "避免", "以免", "以防", "防范", "杜绝", "谨防", "严防", "担心", "害怕", "怕", "担忧", "忧虑", "唯恐", "恐怕", "万一", "如果", "假如", "假设", "要是", "倘若", "一旦",
	"一但", "如遇", "如有", "若有", "若是", "若发生", "如发生", "即使", "哪怕", "可能", "容易", "极易", "会不会", "随时", "迟早", "早晚会", "早晚得", "将会", "势必", "必然", "足以", "必将", "会造成", "会导致",
	"会引", "会发生", "会有", "会被", "会让", "将被", "将造成", "去年", "前年", "往年", "以前", "上次", "历史上", "当年", "前些年", "多年前", "年前", "曾经", "多次", "经常", "常常", "时常", "屡次", "每年", "每次", "屡屡",
	"好几次", "频繁", "多发", "几度", "历经", "经历了", "发生过", "出现过", "关于", "咨询", "请教", "对于", "什么是", "针对", "涉及", "所谓", "比如", "例如", "譬如", "如同", "犹如", "好比", "仿佛", "像是", "新闻", "报道", "听说", "据说",
	"听闻", "传言", "小说", "电影", "案例", "防火", "培训", "宣传", "演练", "演习", "整治", "预警", "应对", "为避免", "不怕", "险些", "每逢", "每到", "每天", "天天", "每晚", "每周", "等着", "非要等", "除非", "难道", "正是",
	"in case", "if ", "prevent", "avoid", "afraid", "worried", "could ", "might ", "may ", "should ", "risk of", "last year", "used to", NULL,
};
/* Anywhere in the sentence before: supposed. */
static const char *const supposed[] = { "一旦", "一但", "万一", "如果", "假如", "要是", "倘若", "例如", "一定要等", "非要等", "等到", "不要等", "别等", NULL };
/* At most NEAR points before: denied. */
static const char *const near_before[] = {
	"没有", "没", "未", "并非", "不是", "无", "不会", "不能", "不要", "不再", "别", "曾", "若", "恐", "几次", "快", "是否", "预", "演", "频发", "请问", "no ", "not ", "anti-", "without ", NULL,
};
/* Right before. */
static const char *const touching_before[] = { "防", "易", "抗", "灭", "反", "像", "会", "刻要", NULL };
/* Right behind, or one point on: a possibility, a rule, what came of it. */
static const char *const touching_after[] = {
	"隐患", "演练", "演习", "培训", "宣传", "知识", "预案", "保险", "风险", "保护", "开关", "警示", "案例", "的可能", "可能", "的危险", "危险", "的后果", "后果", "事故报告", "认定", "鉴定", "防护", "防治", "预防",
	"救援队", "救生", "之类", "等事", "等隐", "等危", "等安全", "等问题", "什么", "怎么", "吗", "呢", "谁", "如何", "以后", "之后", "的概率", "几率", "的时候", "怎样", "时如何", "时怎么", "时无", "时及", "时难", "时消防",
	"时,", "时会", "时可", "时居", "无处", "难以", "猛于", "频发", "的新闻", "的视频", "的报道", "的感觉", "重建", "翻建", "事件", "故障时", "死亡情况", "的情况下", "教育", "讲座", "主题", "逃生", "一次", "两次", "二次", "三次", "四次", "五次", "几次", "多次", "好几次",
	"hazard", "risk", "drill", "safety", "alarm", "exit", "extinguisher", "hydrant", "lane", "engine", "truck", "station", "department", "escape", "door", "insurance", "equipment", "test", "pressure", "donation",
	"bank", "type", "sugar", "vessel", NULL,
};
/* In the clause behind: it asks who is liable, or supposes. */
static const char *const clause_after[] = {
	"谁负责", "谁来负责", "怎么赔", "如何赔", "赔偿", "理赔", "报销", "起诉", "判决", "鉴定", "法院", "的可能", "隐患", "风险", "不堪设想", "难以想象", "都有可能", "安全教育", "宣传教育", "教育活动", "教育课", "安全宣传", "宣传活动", "宣传片", "宣传栏", "演练", "演习",
	"培训", "讲座", "安全知识", NULL,
};
/* Another matter with the word in it, or a figure of speech. */
static const char *const phrases[] = {
	"特困", "穷困", "扶困", "塌方式", "塌方导致", "困人故障", "困人等", "困人业主", "困人长达", "次困人", "起困人", "困人的情况", "困人现象", "困人问题", "信息爆炸", "信息大爆炸", "人口爆炸", "知识爆炸", "爆炸式", "爆炸性", "爆炸头", "宇宙大爆炸", "困扰", "贫困", "被困难", "落水管", "落水洞", "落水井", "落水口", "落水斗", "落水孔", "起火点", "着火点", "挑起火",
	"自杀式", "轻生命", "心里流血", "心在流血", "心流血", "流血流汗", "高空坠落", "坠落物", "脑出血", "牙龈出血", "胃出血", "大出血后", "出血热", "出血率", "出血点", "眼底出血", "手机中毒", "电脑中毒", "中毒很深",
	"救命钱", "救命的钱", "救命药", "救命的药", "救命稻草", "救命恩人", "救命之", "救命路", "救命通道", "救命消防", "救命保命", "漏电保护", "漏电开关", "防溺水", "火灾险", "倒塌房", "昏迷指数", "跳楼价", "跳楼大甩卖",
	"跳楼机", "血流成河", "火灾现场", "起火原因", "着火原因", "持刀具", "火灾案", "爆炸案", "自杀案", "中毒案", "绑架案", "绑架罪", "洪水热线", "洪水位", "洪水标准", "被困难", "爆炸物品", "血中毒", "轮胎漏气", "气球漏气",
	"火灾报警器", "漏电断路", "煤气味精", "食物中毒防", "走失老人信息", "死亡率", "致死率", "困人次数", "流血事件", "流血斗", "爆炸场", "就落水", "还在落水", "走失人员", "玻璃漏气", "共享单车倒塌", "存在漏气", NULL,
};
/* Who is in danger does not come to it in the middle of a long letter; unless it says that it is now. */
static const char *const now_words[] = {
	"正在", "现在", "目前", "此刻", "刚刚", "刚才", "今天", "今日", "今晚", "今早", "今晨", "昨晚", "马上", "快来", "立即", "赶紧", "还在", "有人", "正", NULL,
};
/* The whole text asks after an earlier case, whose words it quotes. */
static const char *const about_case[] = { "工单结果", "工单处理", "工单情况", "工单信息", "工单诉求", "处理结果", "处理进度", "工单办理", NULL };

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
	bool fresh;
};

/* A clause ends where points_is_stop says, but not at the commas of a list (火灾、触电等隐患). */
static bool
ends_clause(uint32_t cp)
{
	return cp == ':' || (points_is_stop(cp) && cp != 0x3001);
}

static bool
ends_sentence(uint32_t cp)
{
	return cp == 0 || cp == '\n' || cp == 0x3002 || cp == '!' || cp == '?';
}

/* 2016年…, 12月19日… in the sentence before: told of another day. */
static bool
dated_before(const struct points *p, int start)
{
	for (int i = start - 1; i > 0 && i > start - SENTENCE && !ends_sentence(p->point[i]); i--)
		if ((p->point[i] == 0x5e74 || p->point[i] == 0x6708) && points_is_digit(p->point[i - 1])) /* 年月 */
			return true;
	return false;
}

static bool
said_in_passing(const struct points *p, int start)
{
	if (start < DEEP)
		return false;
	for (int i = start - 1; i > start - SENTENCE && !ends_sentence(p->point[i]); i--)
		if (points_one_of(p, i, now_words))
			return false;
	return true;
}

/* Within 《关于…》: the title of another case. */
static bool
in_title(const struct points *p, int start)
{
	for (int i = start - 1; i >= 0 && i > start - SENTENCE && p->point[i] != 0x300b; i--)
		if (p->point[i] == 0x300a)
			return points_word(p, i + 1, "关于") > 0;
	return false;
}

/* A word such as 没有呼吸 holds its own negation, which does not lie before it. */
static bool
guarded_before(const struct points *p, int start)
{
	int from = start;

	while (from > 0 && start - from < BEFORE && !ends_clause(p->point[from - 1]))
		from--;
	for (int i = from; i < start; i++) {
		int n = points_one_of(p, i, far_before);

		if (n == 0 && i + NEAR + 2 >= start) {
			n = points_one_of(p, i, near_before);
			n = i + n + NEAR >= start ? n : 0;
		}
		if (n > 0 && i + n <= start)
			return true;
	}
	for (int i = start - 1; i >= 0 && i > start - 2 * BEFORE && !ends_sentence(p->point[i]); i--)
		if (points_one_of(p, i, supposed))
			return true;
	return points_one_before(p, start, touching_before) > 0;
}

/* 倒塌7年, 倒塌十多年了, 丢失快一个月: it has been so for long. */
static bool
long_ago(const struct points *p, int end)
{
	int value, n, i = end;

	while (i < end + 3 && (n = points_number(p, i, &value)) == 0)
		i++;
	if (i == end + 3)
		return false;
	i += n;
	i += points_one_of(p, i, (const char *const[]){ "多个", "个多", "多", "个", "来", NULL });
	return points_one_of(p, i, (const char *const[]){ "年", "月", NULL }) > 0 && points_digit(points_at(p, i + 1)) < 0;
}

static bool
guarded_after(const struct points *p, int end)
{
	if (points_one_of(p, end, touching_after) || points_one_of(p, end + 1, touching_after) || long_ago(p, end))
		return true;
	for (int i = end; i < end + AFTER && !ends_clause(points_at(p, i)); i++)
		if (points_one_of(p, i, clause_after))
			return true;
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

/* fire is none in firewall or hired; a Chinese word has no such bounds. */
static bool
is_whole(const struct points *p, int start, int end)
{
	return !(points_is_latin(points_at(p, start)) && points_is_latin(points_at(p, start - 1))) &&
	    !(points_is_latin(points_at(p, end - 1)) && points_is_latin(points_at(p, end)));
}

static void
note(struct search *s, int word, int start, int end)
{
	if (guarded_before(s->p, start) || guarded_after(s->p, end) || in_phrase(s, start, end) || in_title(s->p, start) || said_in_passing(s->p, start) ||
	    (!s->fresh && dated_before(s->p, start)))
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

			if (!is_whole(s->p, start, i + 1))
				continue;
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

/* The hotline's clerks write 《…》工单结果 near the beginning. */
static bool
is_about_case(const struct points *p)
{
	for (int i = 0; i < p->n && i < QUOTED; i++)
		if ((p->point[i] == 0x5de5 || p->point[i] == 0x5904) && points_one_of(p, i, about_case)) /* 工, 处 */
			return true;
	return false;
}

void
urgency_read(const struct urgency *u, const struct points *p, enum priority given, bool fresh, struct urgency_result *out)
{
	struct search s = { .u = u, .p = p, .out = out, .fresh = fresh };

	memset(out, 0, sizeof *out);
	out->priority = given;
	if (is_about_case(p))
		return;
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
	urgency_read(u, &p, given, false, out);
}
