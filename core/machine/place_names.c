#include "core/machine/place_names.h"

#include <string.h>
#include "core/base/utf8.h"

const struct place_form place_forms[5] = {
	{ { "市" }, { "市" }, 0.45f, 0.45f },
	{ { "新区", "自治县", "区", "县", "市" }, { "区", "新区" }, 0.5f, 0.5f },
	{ { "街道办事处", "街道", "镇", "乡" }, { "街道", "镇", "街办", "办事处" }, 0.46f, 0.46f },
	{ { "社区居民委员会", "居民委员会", "村民委员会", "社区居委会", "居委会", "村委会", "社区", "村" },
	    { "社区", "村", "居委会", "村委会", "小区" }, 0.45f, 0.28f },
	{ { NULL }, { NULL }, 0, 0 }
};

void
place_base(const struct place_form *form, const char *name, char *out, size_t size)
{
	size_t len = strlen(name);

	for (int i = 0; form->strip[i]; i++) {
		size_t n = strlen(form->strip[i]);

		if (len > n && strcmp(name + len - n, form->strip[i]) == 0 && utf8_count(name, len - n) >= 2) {
			len -= n;
			break;
		}
	}
	if (len >= size)
		len = 0;
	memcpy(out, name, len);
	out[len] = '\0';
}

static const char *const common[] = {
	"上村", "下村", "东区", "东方", "东村", "东门", "中兴", "中心", "中心区", "中学", "中央", "中山", "中间", "丰盛", "临海", "交通", "人民",
	"体育", "健康", "光明", "公园", "兴业", "农业", "农场", "创业", "前进", "前门", "北区", "北村", "北门", "医院", "华侨", "南区", "南村", "南门",
	"卫生", "友谊", "发展", "同乐", "和平", "和谐", "商业", "国际", "团结", "城东", "城中", "城北", "城南", "城西", "大学", "大道", "大门", "太阳",
	"学府", "安全", "安居", "安康", "富强", "小区", "小学", "工业", "市场", "希望", "平安", "平等", "幸福", "广场", "建设", "建设路", "开发区", "振兴",
	"文体", "文化", "新区", "新华", "新城", "新建", "新村", "新民", "新生", "旧村", "民主", "民生", "民治", "水库", "沙滩", "海洋", "海滨", "港口",
	"湖滨", "火车站", "物业", "环境", "生态", "电子", "码头", "社区", "科学", "科技", "科技园", "老村", "老街", "胜利", "自由", "花园", "街道", "西区",
	"西村", "西门", "解放", "车站", "通信", "通讯", "道路", "金融", "长安", "青年", "高新", "高新区",
};

bool
place_is_common(const char *word)
{
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (strcmp(word, common[i]) == 0)
			return true;
	return false;
}

bool
place_is_tail(uint32_t first, uint32_t second)
{
	switch (first) {
	case 0x8def: /* 路 */
	case 0x5df7: /* 巷 */
	case 0x6865: /* 桥 */
	case 0x6cb3: /* 河 */
	case 0x6e56: /* 湖 */
	case 0x6d77: /* 海 */
		return true;
	case 0x8857: /* 街, but 街道 */
		return second != 0x9053;
	case 0x5927: /* 大道 大厦 大桥 大街 大学 */
		return second == 0x9053 || second == 0x53a6 || second == 0x6865 || second == 0x8857 || second == 0x5b66;
	case 0x533b: /* 医院 */
	case 0x516c: /* 公园, 公路, 公司, 公安 */
	case 0x4e2d: /* 中学, 中路, 中心 */
	case 0x5c0f: /* 小学 */
	case 0x5b9e: /* 实验 */
	case 0x5e7f: /* 广场 */
		return true;
	case 0x4e1c: /* 东路 西路 南路 北路 and 一路 … 十路 */
	case 0x897f:
	case 0x5357:
	case 0x5317:
	case 0x4e00:
	case 0x4e8c:
	case 0x4e09:
	case 0x56db:
	case 0x4e94:
	case 0x516d:
	case 0x4e03:
	case 0x516b:
		return second == 0x8def || second == 0x8857 || second == 0x5df7;
	default:
		return false;
	}
}
