#include "core/machine/enterprise_forms.h"

#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"

enum { PLACE_MAX = 4, NEAR_BEFORE = 8, NEAR_AFTER = 12 };

static const char *const legal[] = {
	"股份有限责任公司", "有限责任公司", "股份有限公司", "有限公司", "有限合伙", "股份公司", "总公司", "公司", NULL,
};
static const char *const groups[] = { "集团控股", "集团", "控股", "股份", NULL };
/* Provinces and large cities, as they stand in names without 省 or 市. */
static const char *const bare_places[] = {
	"黑龙江", "内蒙古", "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西",
	"海南", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "中国", "深圳", "广州", "杭州", "南京", "武汉", "成都", "西安", "苏州", "无锡", "宁波", "青岛",
	"大连", "沈阳", "长春", "哈尔滨", "济南", "郑州", "长沙", "合肥", "福州", "厦门", "南昌", "南宁", "昆明", "贵阳", "海口", "三亚", "东莞", "佛山", "珠海", "惠州", "中山", "江门",
	"汕头", "石家庄", "太原", "兰州", "西宁", "银川", "乌鲁木齐", "拉萨", "呼和浩特", "香港", "澳门", "温州", "佳木斯", NULL,
};
/* General words of names; longer first, because a form is taken apart from the left. */
static const char *const general[] = {
	"物业管理", "物业服务", "房地产开发", "房地产", "建筑工程", "建设工程", "信息技术", "网络科技", "电子商务", "餐饮管理", "企业管理", "投资管理", "资产管理", "商业管理", "供应链", "人力资源",
	"劳务派遣", "互联网", "集成电路", "高新技术", "开发区", "工业园", "科技园", "产业园", "新材料", "新能源", "发展", "实业", "科技", "技术", "工程", "建设", "建筑", "装饰", "装修", "设计",
	"物业", "管理", "服务", "商贸", "贸易", "商业", "投资", "置业", "地产", "开发", "电子", "网络", "信息", "通信", "通讯", "软件", "数据", "智能", "制造", "机械", "设备", "电器", "电气", "食品",
	"餐饮", "酒店", "旅游", "文化", "传媒", "广告", "教育", "培训", "咨询", "医疗", "健康", "医药", "生物", "环保", "环境", "能源", "电力", "燃气", "水务", "交通", "运输", "物流", "快递", "汽车",
	"租赁", "金融", "担保", "保险", "银行", "百货", "超市", "连锁", "国际", "集团", "控股", "股份", "工业", "产业", "农业", "园林", "绿化", "保洁", "保安", "家政", "劳务", "材料", "化工", "塑胶",
	"五金", "服装", "家具", "印刷", "包装", "模具", "精密", "光电", "半导体", "中心", "公司", "企业", "城市", "中国", "大厦", "广场", "花园", "有限", "市政", "公共", "公交", "经营", "经济", NULL,
};
/* A general word at the end that people leave out. */
static const char *const tails[] = { "发展", "实业", "管理", "服务", "科技", "技术", "开发", "投资", "工程", "集团", NULL };
static const char *const spoken[] = {
	"公司", "集团", "企业", "厂", "员工", "职工", "工人", "工资", "老板", "老总", "法人", "客服", "负责人", "开发商", "承建", "施工", "商家", "店", "门店", "上班", "打工", "入职", "辞职",
	"辞退", "工作", "退款", "合同", "拖欠", "欠薪", "物业", "司机", "快递", "业务员", "销售", "经理", "办公", NULL,
};

static bool
ends_with(const struct form *f, const char *word, int n)
{
	struct { uint32_t cp; } want[16];
	int m = 0;

	for (size_t i = 0, len = strlen(word); i < len && m < 16; m++)
		i += utf8_decode(word + i, len - i, &want[m].cp);
	if (m > n)
		return false;
	for (int i = 0; i < m; i++)
		if (f->point[n - m + i] != want[i].cp)
			return false;
	return true;
}

static int
begins_with(const struct form *f, int at, const char *word)
{
	int m = 0;

	for (size_t i = 0, len = strlen(word); i < len; m++) {
		uint32_t cp;

		i += utf8_decode(word + i, len - i, &cp);
		if (at + m >= f->n || f->point[at + m] != cp)
			return 0;
	}
	return m;
}

/* Most words fail at one point, the last or the first, whose bytes are made once for all of them. */
static int
one_at_end(const struct form *f, const char *const *words)
{
	char bytes[4];
	size_t n = f->n > 0 ? utf8_encode(f->point[f->n - 1], bytes) : 0;

	for (; n > 0 && *words; words++) {
		size_t len = strlen(*words);

		if (len >= n && memcmp(*words + len - n, bytes, n) == 0 && ends_with(f, *words, f->n))
			return (int)utf8_count(*words, len);
	}
	return 0;
}

static int
one_at(const struct form *f, int at, const char *const *words)
{
	char bytes[4];
	size_t len = at < f->n ? utf8_encode(f->point[at], bytes) : 0;
	int n = 0;

	for (; len > 0 && *words && n == 0; words++)
		if (strncmp(*words, bytes, len) == 0)
			n = begins_with(f, at, *words);
	return n;
}

/* Where the name proper begins: behind 广东省, 深圳市, 南山区, or a bare 深圳. */
static int
behind_place(const struct form *f)
{
	int at = 0;

	for (int round = 0; round < 3; round++) {
		int next = at, n = one_at(f, at, bare_places);

		for (int i = at + 2; i <= at + PLACE_MAX && i < f->n && next == at; i++)
			if (f->point[i] == 0x7701 || f->point[i] == 0x5e02 || f->point[i] == 0x533a || f->point[i] == 0x53bf) /* 省市区县 */
				next = i + 1;
		if (next == at && n > 0)
			next = at + n;
		if (next == at || f->n - next < 2)
			break;
		at = next;
	}
	return at;
}

static bool
is_general(const struct form *f)
{
	int at = behind_place(f), n;

	while (at < f->n && (n = one_at(f, at, general)) > 0)
		at += n;
	return at >= f->n;
}

static int
put(struct form *out, int n, const uint32_t *point, int points, bool check)
{
	struct form *f = &out[n];

	if (n == FORMS_MAX || points < FORM_MIN || points > FORM_MAX)
		return n;
	memmove(f->point, point, (size_t)points * sizeof *point);
	f->n = points;
	for (int i = 0; i < n; i++)
		if (out[i].n == points && memcmp(out[i].point, f->point, (size_t)points * sizeof *point) == 0)
			return n;
	return check && is_general(f) ? n : n + 1;
}

/* The name without its bracketed part; inside: with it, but without the signs. */
static void
without_bracket(const struct form *from, struct form *to, bool inside)
{
	bool in = false;

	to->n = 0;
	for (int i = 0; i < from->n; i++) {
		uint32_t cp = from->point[i];

		if (cp == '(' || cp == ')' || cp == 0x3008 || cp == 0x3009)
			in = cp == '(' || cp == 0x3008;
		else if (!in || inside)
			to->point[to->n++] = cp;
	}
}

/* The forms of one writing of the name: less the legal form, the group, the general tail, each with and without the place. */
static int
shorten(const struct form *whole, struct form *out, int n)
{
	struct form f = *whole;
	int cut = one_at_end(&f, legal), place = behind_place(&f);

	n = put(out, n, f.point + place, f.n - place, true);
	if (cut == 0)
		return n;
	f.n -= cut;
	place = f.n > place ? place : 0;
	n = put(out, n, f.point, f.n, true);
	n = put(out, n, f.point + place, f.n - place, true);
	cut = one_at_end(&f, groups);
	if (cut == 0)
		cut = one_at_end(&f, tails);
	if (cut > 0 && f.n - cut - place >= FORM_MIN)
		n = put(out, n, f.point + place, f.n - cut - place, true);
	return n;
}

int
enterprise_forms(const char *name, struct form out[FORMS_MAX])
{
	size_t len = strlen(name);
	struct form whole = { .n = 0 }, plain;
	bool bracket = false;
	int n;

	for (size_t at = 0; at < len; ) {
		uint32_t cp;

		at += utf8_decode(name + at, len - at, &cp);
		if (whole.n == FORM_MAX)
			return 0;
		cp = fold_point(cp);
		whole.point[whole.n++] = cp;
		bracket |= cp == '(' || cp == 0x3008;
	}
	if ((n = put(out, 0, whole.point, whole.n, false)) == 0)
		return 0;
	if (bracket) {
		without_bracket(&whole, &plain, true);
		n = put(out, n, plain.point, plain.n, true);
		without_bracket(&whole, &plain, false);
		n = put(out, n, plain.point, plain.n, true);
		return shorten(&plain, out, n);
	}
	return shorten(&whole, out, n);
}

bool
enterprise_spoken_of(const struct points *p, struct span at)
{
	for (int i = at.end; i < at.end + NEAR_AFTER && !points_is_stop(points_at(p, i)); i++)
		if (points_one_of(p, i, spoken))
			return true;
	for (int i = at.start - 1; i >= 0 && i >= at.start - NEAR_BEFORE && !points_is_stop(p->point[i]); i--)
		if (points_one_of(p, i, spoken))
			return true;
	return false;
}
