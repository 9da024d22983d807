#include "core/machine/place_names.h"

#include <string.h>
#include "core/base/utf8.h"

static const struct place_form forms[] = {
	{ { "市" }, { "市" }, true },
	{ { "新区", "自治县", "区", "县", "市" }, { "区", "新区", "县" }, true },
	{ { "街道办事处", "街道", "镇", "乡" }, { "街道", "镇", "街道办事处", "街道办", "街办", "办事处", "地铁站", "街" }, true },
	{ { "社区居民委员会", "社区居民委员", "居居民委员会", "社区居委会", "居民委员会", "村民委员会", "社区居委", "村委员会", "居委会", "村委会",
	      "村委员", "虚拟社区", "虚拟生活区", "生活区", "社区", "村" },
	    { "社区", "村", "居委会", "村委会", "小区", "社", "地铁站", "社区居委会" }, true },
	{ { NULL }, { NULL }, false },
};
static const struct place_form stations[] = {
	{ { "地铁站" }, { "站", "地铁口", "地铁", "轻轨站" }, false },
	{ { "火车站" }, { "站", "高铁站" }, false },
	{ { "高铁站" }, { "站", "火车站" }, false },
	{ { "站" }, { "高铁站", "火车站", "地铁站" }, false },
};

static bool
ends_in(const char *name, size_t len, const char *ending)
{
	size_t n = strlen(ending);

	return len > n && memcmp(name + len - n, ending, n) == 0;
}

const struct place_form *
place_form(int level, const char *name)
{
	for (size_t i = 0; level == 4 && i < sizeof stations / sizeof *stations; i++)
		if (ends_in(name, strlen(name), stations[i].strip[0]))
			return &stations[i];
	return &forms[level];
}

size_t
place_base(const struct place_form *form, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; form->strip[i]; i++) {
		size_t n = strlen(form->strip[i]);

		if (ends_in(name, len, form->strip[i]) && utf8_count(name, len - n) >= 2)
			return len - n;
	}
	return len;
}

const char *
place_inner(const char *name, size_t len)
{
	static const char mark[] = "社区";
	const char *found = NULL;

	for (size_t i = 0; i + sizeof mark - 1 < len; i++)
		if (i > 0 && memcmp(name + i, mark, sizeof mark - 1) == 0)
			found = name + i + sizeof mark - 1;
	return found;
}

static const char *const common[] = {
	"一村", "上村", "下村", "东区", "东方", "东村", "东门", "中兴", "中心", "中心区", "中学", "中央", "中山", "中间", "丰盛", "临海", "交通", "人民",
	"体育", "健康", "光明", "公园", "共和", "兴业", "农业", "农场", "创业", "前进", "前门", "北区", "北村", "北门", "医院", "华侨", "南区", "南村",
	"南门", "卫生", "发展", "同乐", "和平", "和谐", "商业", "国际", "团结", "城东", "城中", "城北", "城南", "城西", "大学", "大道", "大门",
	"太阳", "学府", "安全", "安居", "安康", "富强", "小区", "小学", "工业", "市场", "希望", "平安", "平等", "幸福", "广场", "建设", "建设路",
	"开发区", "振兴", "文体", "文化", "新区", "新华", "新城", "新建", "新村", "新民", "新生", "旧村", "民主", "民乐", "民生", "水库", "沙滩", "海洋",
	"海滨", "海港", "港口", "湖滨", "火车站", "物业", "环境", "生态", "电子", "码头", "社区", "科学", "科技", "老村", "老街", "胜利", "自由", "花园",
	"街道", "西区", "西村", "西门", "解放", "车站", "通信", "通讯", "道路", "金融", "长安", "青年", "高新", "高新区", "东风", "红旗", "红星", 
	"长城", "莲花", "凤凰", "桂花", "玉兰", "书院", "教育", "东南", "永安", "太平", "学校", "居委会", "村委会", "年丰",
	"劳动", "阳光", "江边", "河东", "河西", "滨河", "滨江", "滨海", "锦绣", "保安", "桥头", "彩虹", "星光", "海湾", "海景", "明珠", "金地", "招商", "砖厂",
	"渔业", "海关", "高发", "梧桐", "向西", "向南", "和一", "口岸", "兰花", "同心", "启明", "天安", "康乐",
	"沙一", "沙二", "沙三", "沙四", "曙光", "明月", "松柏", "竹林",
	"清华", "河背", 
	"民富", "南昌", 
	"新兴", "新乐", "新港", "白花", "紫荆", 
	"三亚", "光荣", "三江", "东升", "东城", "五一", "八一", "向荣", "友爱", "合群", "大同", "大山",
	"天海", "岭南", "建新", "庆丰", "文明", "正义", "永兴", "沿江", "爱群", "电力", "益民", "蓝天", "迈进", "金山", "金星", "金鼎", "铁桥", "长春", "青云",
	"顺发", "高山", "鼓楼", "龙头", "龙泉", "龙马", "博爱", "双拥", "捕捞", "市井", "广场", "新市", "新海", "新岛", "桂林", "海口", "灵山", "玉河", "环湖",
	"珠江", "白沙", "石山", "西湖", "道学", "水田", "田头", "翻身", "大兴", "友谊", "立新", "永丰", "鹏城", "麻布", "东海", "太白", "梨园", "新东", "大东", "兴旺", "民族", "南海", "北海",
};

bool
place_is_common(const char *word)
{
	size_t len = strlen(word);

	if (len < 6)
		return false;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) /* the second character tells most of them apart */
		if (common[i][4] == word[4] && common[i][5] == word[5] && strcmp(word, common[i]) == 0)
			return true;
	return false;
}

bool
place_is_generic(const char *word)
{
	static const char *const generic[] = { "东站", "南站", "西站", "火车站", "高铁站", "汽车站", "会展中心", "体育中心", "中心公园", "人民公园",
		"市民中心", "图书馆", "博物馆" };

	for (size_t i = 0; i < sizeof generic / sizeof *generic; i++)
		if (strcmp(word, generic[i]) == 0)
			return true;
	return false;
}

/* 路 街 巷 道, with up to four signs before it that say which of several: 五西路, 北二街, 大道. And 河, 桥, 山, which are called after the place and go on. */
bool
place_is_road(const uint32_t *next)
{
	enum { ROAD = 0x8def, STREET = 0x8857, LANE = 0x5df7, WAY = 0x9053, BIG = 0x5927 };
	static const uint32_t which[] = { 0x4e1c, 0x897f, 0x5357, 0x5317, 0x4e2d, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d,
		0x5341, 0x6a2a, 0x7eb5, 0x73af, 0x5185, 0x5916, 0x524d, 0x540e, 0x65b0, 0x8001, 0x65e7, BIG, 0x652f };
	/* 路灯 路面 路人 路况 路政 路过; 街道 街坊 街上 街头 */
	static const uint32_t not_road[] = { 0x706f, 0x9762, 0x4eba, 0x51b5, 0x653f, 0x8fc7 }, not_street[] = { WAY, 0x574a, 0x4e0a, 0x5934, 0x529e };
	int i = 0;

	if (next[0] == 0x5c71) /* 山, but 山庄 */
		return next[1] != 0x5e84;
	if (next[0] == 0x6cb3 || next[0] == 0x6c5f || next[0] == 0x6865) /* 河 江 桥 */
		return true;
	while (i < 4) {
		size_t k = 0;

		while (k < sizeof which / sizeof *which && which[k] != next[i] && !(next[i] >= '0' && next[i] <= '9'))
			k++;
		if (k == sizeof which / sizeof *which)
			break;
		i++;
	}
	if (next[i] == ROAD || next[i] == LANE) {
		for (size_t k = 0; i == 0 && k < sizeof not_road / sizeof *not_road; k++)
			if (next[1] == not_road[k])
				return false;
		return true;
	}
	if (next[i] == STREET) {
		for (size_t k = 0; k < sizeof not_street / sizeof *not_street; k++)
			if (next[i + 1] == not_street[k])
				return false;
		return true;
	}
	return next[i] == WAY && i > 0; /* 大道, 北大道; 道路 is a word */
}
