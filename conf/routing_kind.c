/* The tables of routing as data: columns with both headings, types, bounds. fenbo-routing(5) is made from this. */
#include "conf/routing.h"

#include <string.h>

#define ARRAY_LEN(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct sheet_word place_words[] = {
	{ "city", "市" }, { "district", "区" }, { "street", "街道" }, { "community", "社区" }, { "landmark", "地标" }, { NULL, NULL },
};
static const struct sheet_word priority_words[] = {
	{ "urgent", "紧急" }, { "fast", "较急" }, { "normal", "一般" }, { NULL, NULL },
};

static const struct sheet_column unit_columns[] = {
	{ .name = "code", .zh = "单位编码", .type = SHEET_CODE, .needed = true,
	  .help = "the unit's code, unique" },
	{ .name = "name", .zh = "单位名称", .type = SHEET_TEXT, .needed = true, .max = 60,
	  .help = "full name" },
	{ .name = "short", .zh = "简称", .type = SHEET_TEXT, .max = 12,
	  .help = "what fits in a column; empty = the name" },
	{ .name = "parent", .zh = "上级编码", .type = SHEET_CODE, .null = true,
	  .help = "code of the unit above; empty at the root" },
	{ .name = "level", .zh = "层级", .type = SHEET_WORD, .needed = true, .words = sheet_levels,
	  .help = "city, district, street, community, grid, or bureau for bodies outside the tiers" },
	{ .name = "function", .zh = "职能", .type = SHEET_TEXT, .max = 30, .null = true,
	  .help = "what it does, for lead rules function@level" },
	{ .name = "area", .zh = "辖区编码", .type = SHEET_CODE, .null = true,
	  .help = "place it answers for; empty = that of its parent" },
	{ .name = "desk", .zh = "分拨台", .type = SHEET_FLAG, .def = "no",
	  .help = "dispatching to it fills its own triage queue" },
	{ .name = "active", .zh = "启用", .type = SHEET_FLAG, .def = "yes",
	  .help = "no = kept for old cases only" },
	{ .name = "contact", .zh = "联系方式", .type = SHEET_TEXT, .max = 100,
	  .help = "how the desk is reached" },
	{ .name = "head", .zh = "负责人", .type = SHEET_TEXT, .max = 100,
	  .help = "how the head of the unit is reached: whom an escalation to the head tells" },
};
static const struct sheet_column item_columns[] = {
	{ .name = "code", .zh = "事项编码", .type = SHEET_CODE, .needed = true,
	  .help = "the duty item's code, unique" },
	{ .name = "category", .zh = "一级分类", .type = SHEET_TEXT, .needed = true, .max = 20,
	  .help = "first level" },
	{ .name = "class", .zh = "二级分类", .type = SHEET_TEXT, .needed = true, .max = 30,
	  .help = "second level" },
	{ .name = "name", .zh = "三级事项", .type = SHEET_TEXT, .needed = true, .max = 40,
	  .help = "third level, the item itself" },
	{ .name = "definition", .zh = "定义", .type = SHEET_LONG, .max = 1000,
	  .help = "what belongs here and what does not" },
	{ .name = "keywords", .zh = "关键词", .type = SHEET_LIST,
	  .help = "words people use, separated by |" },
	{ .name = "priority", .zh = "紧急程度", .type = SHEET_WORD, .def = "normal", .words = priority_words,
	  .help = "urgent, fast or normal" },
	{ .name = "handle_days", .zh = "办理时限", .type = SHEET_INT, .needed = true, .min = 1, .max = 365,
	  .help = "handling limit in working days" },
	{ .name = "lead", .zh = "主办", .type = SHEET_RULE, .needed = true,
	  .help = "unit code, or function@level resolved where it happened" },
	{ .name = "assist", .zh = "协办", .type = SHEET_RULES,
	  .help = "assisting units, the same way, separated by |" },
	{ .name = "steps", .zh = "步骤", .type = SHEET_RULES,
	  .help = "units that must follow one another, separated by |, the lead among them" },
};
static const struct sheet_column place_columns[] = {
	{ .name = "code", .zh = "地点编码", .type = SHEET_CODE, .needed = true,
	  .help = "national division code, or one of the city's own" },
	{ .name = "name", .zh = "名称", .type = SHEET_TEXT, .needed = true, .max = 60,
	  .help = "full name" },
	{ .name = "level", .zh = "层级", .type = SHEET_WORD, .needed = true, .words = place_words,
	  .help = "city, district, street, community or landmark" },
	{ .name = "parent", .zh = "上级编码", .type = SHEET_CODE, .null = true,
	  .help = "code of the place it lies in; empty for the city" },
	{ .name = "aliases", .zh = "别名", .type = SHEET_LIST,
	  .help = "other names, separated by |" },
	{ .name = "lat", .zh = "纬度", .type = SHEET_REAL, .min = -90, .max = 90, .null = true,
	  .help = "latitude, WGS 84" },
	{ .name = "long", .zh = "经度", .type = SHEET_REAL, .min = -180, .max = 180, .null = true,
	  .help = "longitude" },
	{ .name = "active", .zh = "启用", .type = SHEET_FLAG, .def = "yes",
	  .help = "no = not found any more" },
};
static const struct sheet_column knowledge_columns[] = {
	{ .name = "code", .zh = "编码", .type = SHEET_CODE, .needed = true,
	  .help = "code, unique" },
	{ .name = "title", .zh = "标题", .type = SHEET_TEXT, .needed = true, .max = 60,
	  .help = "the question in a few words" },
	{ .name = "keywords", .zh = "关键词", .type = SHEET_LIST,
	  .help = "words people use, separated by |" },
	{ .name = "template", .zh = "答复模板", .type = SHEET_LONG, .needed = true, .max = 4000,
	  .help = "the answer; fields to fill stand as 【name】" },
	{ .name = "active", .zh = "启用", .type = SHEET_FLAG, .def = "yes",
	  .help = "no = not offered" },
};
static const struct sheet_column calendar_columns[] = {
	{ .name = "day", .zh = "日期", .type = SHEET_DATE, .needed = true,
	  .help = "the day, 2026-10-01" },
	{ .name = "working", .zh = "工作日", .type = SHEET_FLAG, .needed = true,
	  .help = "yes for a make-up workday, no for a holiday" },
	{ .name = "name", .zh = "说明", .type = SHEET_TEXT, .max = 40,
	  .help = "of the holiday" },
};
static const struct sheet_column enterprise_columns[] = {
	{ .name = "name", .zh = "企业名称", .type = SHEET_TEXT, .needed = true, .max = 80,
	  .help = "registered name, unique" },
	{ .name = "tags", .zh = "标签", .type = SHEET_LIST,
	  .help = "what it is known as: 上市企业, 规上工业 …, separated by |" },
};

const struct sheet_kind routing_kind[ROUTING_PARTS] = {
	[ROUTING_UNITS] = { "units", unit_columns, ARRAY_LEN(unit_columns) },
	[ROUTING_ITEMS] = { "duty", item_columns, ARRAY_LEN(item_columns) },
	[ROUTING_PLACES] = { "gazetteer", place_columns, ARRAY_LEN(place_columns) },
	[ROUTING_KNOWLEDGE] = { "knowledge", knowledge_columns, ARRAY_LEN(knowledge_columns) },
	[ROUTING_CALENDAR] = { "calendar", calendar_columns, ARRAY_LEN(calendar_columns) },
	[ROUTING_ENTERPRISES] = { "enterprises", enterprise_columns, ARRAY_LEN(enterprise_columns) },
};

const char *routing_part_key(enum routing_part part)
{
	static const char *const keys[ROUTING_PARTS] = { "units", "items", "places", "knowledge", "calendar",
		"enterprises" };

	return keys[part];
}

bool routing_part_parse(const char *name, enum routing_part *out)
{
	for (int i = 0; i < ROUTING_PARTS; i++)
		if (strcmp(name, routing_kind[i].name) == 0 ||
		    strcmp(name, routing_part_key((enum routing_part)i)) == 0) {
			*out = (enum routing_part)i;
			return true;
		}
	return false;
}
