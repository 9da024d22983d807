#include "core/machine/said_person.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/utf8.h"

enum { HITS = 128, GIVEN = 2, GIVEN_FOREIGN = 24, SENTENCE = 40 };

/* The commonest surnames (over 97 % of people), as they stand in folded text. Those of the second list are common words, too: they
 * count only where a name must follow. */
static const char surnames[] =
	"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹"
	"孟熊秦邱江尹薛阎闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤温康施牛樊葛邢齐易伍庞颜倪庄聂章鲁岳翟殷詹申欧耿兰焦俞柳甘祝宁尚符舒阮柯纪梅童"
	"凌毕裴霍涂苗谷盛曲翁冉骆蓝游辛柴蒙鲍华喻祁滕屈饶牟艾尤穆卓古吉缪简芦麦褚娄窦戚岑景宫费卜晏卫柏宗瞿桂佟臧闵苟邬卞姬仇栾隋刁沙荣巫寇桑郎甄丛仲"
	"虞敖巩佘池麻苑迟邝封谈匡鞠惠荆乐冀郁胥南班储栗燕楚鄢劳谌奚粟冼蔺楼盘闻厉伊仝区郜阚帅屠豆朴廉禹井祖漆巴卿狄扈晁芮浦戈鹿薄邸雍辜羊阿裘亓修邰赫"
	"杭况宿逯隆茹慕危玉银亢嵇哈湛宾戎勾茅揭尉冶斯束檀衣阴昝智衡尧";
static const char doubtful[] =
	"于向常文安乔关左包单成路靳管房解时农司车项连党冷席米全应边师和商明查官原皮满位海花权强盖练丰支国平计索宣晋相初门云容敬来都普阙伏乌母那鲜印诺"
	"战公利呼居干但元信展幸奉植富闭由";
static const char *const compound[] = { "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "慕容", "令狐", "端木", "公孙", "长孙", "夏侯", NULL };
static const char *const titles[] = { "先生", "女士", "小姐", "阿姨", "师傅", "同志", "太太", "大爷", "大妈", "老师", NULL };
/* What follows a name at once: with one of these, or with no Chinese character at all, the name has ended. */
static const char *const borders[] = {
	"电话", "手机", "联系", "身份证", "住在", "住", "家住", "来自", "是", "在", "男", "女", "今年", "现年", "现在", "现", "家", "我", "本人", "想", "要", "因", "于", "系",
	"来电", "反映", "致电", "投诉", "咨询", "求助", "建议", "表示", "称", "和", "与", "及", "从", "曾", "有", "先生", "女士", "小姐", "同志", "生于", "户籍", "户口", "工作", "购买", "买",
	"昨", "去年", "年龄", "单位", "居民", "村民", "业主", "已", "被", "对", "向", "就", "上", "敬上", "代表", "目前", "这里", "前", "请", "希望", "号码", NULL,
};
/* Words that begin like a name and are none. */
static const char *const not_names[] = {
	"万一", "任何", "时候", "高兴", "成都", "安全", "平时", "国家", "都是", "应该", "全家", "全体", "全村", "路过", "马上", "方便", "常年", "常住", "古稀", "单位", "单身", "包工", "农民",
	"农村", "居民", "商家", "商户", "公司", "师范", "司机", "和平", "路人", "车主", "华侨", "房东", "房主", "房客", "明天", "原来", "原告", "干部", "连续", "关于", "于是", "边上", "银行", "海口",
	"大连", "南方", "文员", "党员", "党龄", "管理", "管委", "计划", "利用", "应届", "时常", "强烈", "满意", "严重", "万科", "金地", "宝安", "龙岗", "龙华", "罗湖", "福田", "云南", "江西", "江苏",
	"江门", "安徽", "宁夏", "广东", "甘肃", "吉林", "海南", "温州", "常州", "成年", "老师", "同志", "先生", "女士", "小姐", "代表", "家长", "学生", "业主", "群众", "市民", "游客", "乘客", "患者",
	"幸好", "信访", "那个", "那么", "那里", "向您", "向你", "来自", "来到", "来电", "但是", "由于", "相信", "相关", "和我", "和你", "就是", "门口", "门前", "元旦", "井盖", "和谐", "国企", "花园",
	"花钱", "官方", "解决", "解释", "初中", "初三", "初二", "初一", "高中", "高三", "高二", "高一", "高龄", "高层", "成人", "孙女", "孙子", "游泳", "马路", "黄牛", "白天", "石头", "易拉", "车牌", "车库", "敬礼", "谢谢", "盖章", "签字", "签名", "成绩", "宣传", "范围", "余下", "严禁", "包括", "方案", "高度", "高速", "时间", "安置", "安装", "关注", "支持", "向阳", "金额", NULL,
};

/* What stands before the name. TOLD: a name must follow, so a word may be its border. MAYBE: only a sign ends it. ROLE: anybody may follow,
 * so it takes a title (市民李女士), or a whole name with what such a person does behind it (市民李小明反映). */
enum sureness { TOLD, MAYBE, ROLE };
static const struct cue { const char *word; enum sureness sureness; } cues[] = {
	{ "我叫", TOLD }, { "我的名字叫", TOLD }, { "我的名字是", TOLD }, { "我名叫", TOLD }, { "本人叫", TOLD }, { "本人名叫", TOLD }, { "我姓", TOLD },
	{ "本人姓", TOLD }, { "免贵姓", TOLD }, { "联系人", TOLD }, { "投诉人", TOLD }, { "举报人", TOLD }, { "反映人", TOLD }, { "诉求人", TOLD },
	{ "来电人", TOLD }, { "申请人", TOLD }, { "求助人", TOLD }, { "留言人", TOLD }, { "来信人", TOLD }, { "报案人", TOLD }, { "写信人", TOLD },
	{ "建议人", TOLD }, { "咨询人", TOLD }, { "反映者", TOLD }, { "投诉者", TOLD }, { "姓名", TOLD }, { "署名", TOLD }, { "落款", TOLD },
	{ "my name is", TOLD }, { "name:", TOLD }, { "我是", MAYBE }, { "本人是", MAYBE }, { "本人", MAYBE }, { "我系", MAYBE }, { "敬礼", MAYBE },
	{ "市民", ROLE }, { "居民", ROLE }, { "业主", ROLE }, { "群众", ROLE }, { "村民", ROLE }, { "住户", ROLE },
};
static const char *const acts[] = { "来电", "致电", "反映", "投诉", "咨询", "求助", "建议", "电话", "手机", "联系电话", "(", ":", NULL };

/* Before a cue: it is somebody else's, or no cue (日本人). */
static const char *const elsewhere[] = { "被", "日", "他", "她", "其", "由", "须", "需", "让", "和", NULL };

struct said_person { struct automaton *cues; };

struct said_person *
said_person_new(void)
{
	struct said_person *r = calloc(1, sizeof *r);

	if (r && (r->cues = words_new(&cues[0].word, sizeof cues / sizeof *cues, sizeof *cues)))
		return r;
	said_person_free(r);
	return NULL;
}

void
said_person_free(struct said_person *r)
{
	if (!r)
		return;
	automaton_free(r->cues);
	free(r);
}

/* A character of a list of characters of three bytes each. */
static bool
is_one_of(uint32_t cp, const char *list, size_t n)
{
	char utf8[4] = { 0 };

	if (cp < 0x4e00 || cp > 0x9fff)
		return false;
	utf8_encode(cp, utf8);
	for (size_t i = 0; i + 3 <= n; i += 3)
		if (memcmp(list + i, utf8, 3) == 0)
			return true;
	return false;
}

bool
said_person_surname(uint32_t cp)
{
	return is_one_of(cp, surnames, sizeof surnames - 1);
}

/* The surname at `at`: its length, 0 = none. */
static int
surname(const struct points *p, int at, bool sure)
{
	int n = points_one_of(p, at, compound);
	uint32_t cp = points_at(p, at);

	return n ? n : is_one_of(cp, surnames, sizeof surnames - 1) || (sure && is_one_of(cp, doubtful, sizeof doubtful - 1)) ? 1 : 0;
}

/* The end of a Chinese name that begins at `at`, 0 = there is none. */
static int
chinese_name(const struct points *p, int at, enum sureness sureness)
{
	int n = surname(p, at, sureness == TOLD), title = n ? points_one_of(p, at + n, titles) : 0, given = 0, year;

	if (n == 0 || (points_one_of(p, at, not_names) && !title))
		return 0;
	if (title)
		return at + n + title;
	while (given < GIVEN && points_is_han(points_at(p, at + n + given)) &&
	    !(given > 0 && points_one_of(p, at + n + given, borders)))
		given++;
	if (given == 0 || points_one_of(p, at + n, borders))
		return 0;
	at += n + given;
	switch (sureness) {
	case TOLD:
		return !points_is_han(points_at(p, at)) || points_one_of(p, at, borders) ? at : 0;
	case MAYBE: /* 本人李小明2018年3月… is one, 我是张庄9号楼… none */
		if (points_is_digit(points_at(p, at)))
			return given == GIVEN && points_number(p, at, &year) == 4 && points_word(p, at + 4, "年") ? at : 0;
		return !points_is_han(points_at(p, at)) && !points_is_latin(points_at(p, at)) ? at : 0;
	default:
		return given == GIVEN && points_one_of(p, at, acts) ? at : 0;
	}
}

/* A name in Latin letters: words of letters with one blank between, at most three. */
static int
latin_name(const struct points *p, int at)
{
	int end = 0;

	for (int words = 0, i = at; words < 3; words++, i++) {
		int from = i;

		while (i - at < GIVEN_FOREIGN && (points_is_latin(points_at(p, i)) || (i > from && points_at(p, i) == '\'')))
			i++;
		if (i - from < 2)
			break;
		end = i;
		if (points_at(p, i) != ' ')
			break;
	}
	return end;
}

/* Signs between the cue and the name: 联系人：, 姓名: , a line's end before a signature. */
static int
skip_signs(const struct points *p, int at, bool *sign)
{
	int i = at;

	while (i < at + 4) {
		uint32_t cp = points_at(p, i);

		if (cp != ':' && cp != ' ' && cp != '\n' && cp != '!' && cp != 0x3002 && cp != '(' && cp != '"' && cp != ',' && cp != 0x201c)
			break;
		*sign |= cp != ' ';
		i++;
	}
	return i;
}

/* 王女士来电反映…: what the hotline's clerks begin with. */
static int
opening(const struct points *p, int from)
{
	int n = surname(p, from, false), title = n ? points_one_of(p, from + n, titles) : 0;

	return title && points_one_of(p, from + n + title, acts) ? from + n + title : 0;
}

/* 我住翠竹园，叫李红，电话…: the caller names himself though 我 stands further off. A clause that begins with 叫, in a sentence that speaks of
 * nobody else, and the number or the like right behind the name. */
static int
named_so(const struct points *p, int at, struct span *out)
{
	static const char *const self[] = { "我", "本人", NULL }, *const another[] = { "他", "她", "老板", "对方", "司机", "经理", "负责人", "店", "公司", "物业", "女的", "男的", "邻居", "孩子",
		"儿子", "女儿", "老公", "老婆", "丈夫", "妻子", "父亲", "母亲", "妈", "爸", "师傅", "医生", "老师", "人叫", "工头", "房东", "中介", "朋友", "同事", "名叫", NULL },
		*const marks[] = { "电话", "手机", "联系", "号码", "身份证", NULL };
	bool own = false, first = true;
	int end, i = at;

	if (!points_is_stop(points_at(p, at - 1)) && points_at(p, at - 1) != ' ')
		return 0;
	while (i > 0 && at - i < SENTENCE && p->point[i - 1] != '\n' && p->point[i - 1] != 0x3002) {
		i--;
		first = false;
		own |= points_one_of(p, i, self) > 0 || (i + 3 == at && points_one_of(p, i, (const char *const[]){ "您好", "你好", NULL }));
		if (points_one_of(p, i, another))
			return 0;
	}
	end = own || first ? chinese_name(p, at + 1, MAYBE) : 0;
	if (end == 0 || !(points_at(p, end) == ',' || points_at(p, end) == ' ') || !(points_one_of(p, end + 1, marks) || points_digit(points_at(p, end + 1)) == 1))
		return 0;
	*out = (struct span){ at + 1, end };
	return end;
}

bool
said_person_find(const struct said_person *r, const struct points *p, struct span *out)
{
	struct words_hit hit[HITS];
	int n = points_scan(p, r->cues, hit, HITS), end = opening(p, 0);

	if (end > 0) {
		*out = (struct span){ 0, end };
		return true;
	}
	for (int i = 0; i < n; i++) {
		const char *word = cues[hit[i].id].word;
		enum sureness sureness = cues[hit[i].id].sureness;
		bool sign = false, self = points_word(p, hit[i].start, "我"), latin = points_is_latin(points_at(p, hit[i].start));
		int from = skip_signs(p, hit[i].end, &sign);

		end = 0;
		if (points_one_before(p, hit[i].start, elsewhere) || points_word(p, hit[i].end, ",")) /* 被投诉人 is the other side */
			continue;
		if (strcmp(word, "我姓") == 0 || strcmp(word, "本人姓") == 0 || strcmp(word, "免贵姓") == 0) {
			end = from + surname(p, from, true);
			end = end > from ? end + points_one_of(p, end, titles) : 0;
		} else {
			if (sureness == TOLD && !self && !sign && !latin) /* 联系人李明 without a colon: a sign must end it */
				sureness = MAYBE;
			end = chinese_name(p, from, sureness);
			if (end == 0 && sureness == TOLD && (self || sign || latin))
				end = latin_name(p, from);
		}
		if (end > 0) {
			*out = (struct span){ from, end };
			return true;
		}
	}
	for (int i = 0; i < p->n; i++)
		if (p->point[i] == 0x53eb && named_so(p, i, out)) /* 叫 */
			return true;
	return false;
}
