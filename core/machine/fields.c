#include "core/machine/fields.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/utf8.h"
#include "core/machine/personal.h"
#include "core/machine/plate.h"
#include "core/machine/points.h"
#include "core/machine/said_person.h"

enum { CUE_BEFORE = 10, CUE_AFTER = 5 };
static const usec_t FRESH = 2 * 86400 * USEC_S; /* danger of two days ago is still looked at at once */

struct fields {
	struct urgency *urgency;
	struct said_type *types;
	struct said_time *times;
	struct said_person *persons;
	struct keywords *keywords; /* NULL without a duty list */
};

struct fields *
fields_new(const struct fields_policy *policy, const struct duty_list *duty)
{
	struct fields *f = calloc(1, sizeof *f);

	if (f && (f->urgency = urgency_new(&policy->urgent, &policy->fast)) && (f->types = said_type_new(&policy->types)) &&
	    (f->times = said_time_new()) && (f->persons = said_person_new()) && (!duty || (f->keywords = keywords_new(duty))))
		return f;
	fields_free(f);
	return NULL;
}

void
fields_free(struct fields *f)
{
	if (!f)
		return;
	urgency_free(f->urgency);
	said_type_free(f->types);
	said_time_free(f->times);
	said_person_free(f->persons);
	keywords_free(f->keywords);
	free(f);
}

/* --- whose number it is ---------------------------------------------------------------------------------------------- */

/* In the clause before a number, nearest first: the caller's, or somebody else's. Behind it: 联系我. */
static const char *const own_cues[] = {
	"我的电话", "我的手机", "我的联系", "我的号码", "我电话", "我手机", "本人电话", "本人手机", "本人联系", "联系我", "来电号码", "来电人电话", "回电", "回复我", "打给我", "致电我", "通知我",
	"投诉人电话", "举报人电话", "反映人电话", "诉求人电话", "联系人", "联系电话", "联系方式", "联系手机", "手机号码", "手机号", "手机", "电话号码", "电话", "微信同号", "my phone", "phone", "tel",
	"mobile", NULL,
};
static const char *const others[] = {
	"商家", "商户", "公司", "物业", "老板", "卖家", "对方", "司机", "车主", "客服", "店", "开发商", "房东", "中介", "厂", "负责人", "被投诉", "被举报", "他", "她", "其", "工作人员", "银行",
	"医院", "学校", "局", "派出所", "中队", "队", "办", "社区", "热线", "拨打", "打了", "打过", "民警", "经理", "快递", "诈骗", "骗子", "骚扰", "陌生", "来电显示", "号码为", "平台", "站", "处", "科",
	"中心", "联络员", "王某", "业务员", "包工头", "工头", "老师", "当事人", "遗落", "遗失", "丢失", "车牌", "妻子", "丈夫", "爱人", "父亲", "母亲", "朋友", "儿子", "女儿", "妹妹", "弟弟", "同事", "维修工", "帐号", "账号",
	"房主", "店家", "楼主", "邻居", "法人", "老总", NULL,
};
static const char *const own_after[] = { "联系我", "找我", "打给我", "回复我", "是我", "请联系", "请回电", "请致电", "机主", NULL };

static bool
stands_near(const struct points *p, int from, int to, const char *const *words)
{
	for (int i = from < 0 ? 0 : from; i < to; i++)
		if (points_one_of(p, i, words))
			return true;
	return false;
}

static int
clause_start(const struct points *p, int at, int most)
{
	int i = at;

	while (i > 0 && at - i < most && !points_is_stop(p->point[i - 1]))
		i--;
	return i;
}

/* 被投诉人电话 must not count as 投诉人电话; 其 and 他 speak for somebody else as long as nothing says 我. A land line is an office's unless
 * the caller says that it is his. */
static bool
is_own(const struct points *p, struct span at)
{
	static const char *const mine[] = { "我", "本人", "投诉人", "举报人", "反映人", "联系人", "来电人", "诉求人", "申请人", NULL },
		*const not_mine[] = { "被投诉人", "被举报人", "被反映人", NULL };
	int clause = clause_start(p, at.start, CUE_BEFORE);

	if (stands_near(p, at.end, at.end + CUE_AFTER, own_after))
		return true;
	if (stands_near(p, clause, at.start, not_mine))
		return false;
	if (stands_near(p, clause, at.start, mine) && stands_near(p, clause, at.start, own_cues))
		return !stands_near(p, clause, at.start, (const char *const[]){ "我打", "我拨", "给我打", "骚扰", "拨打", NULL });
	return points_digit(p->point[at.start]) == 1 && stands_near(p, clause, at.start, own_cues) && !stands_near(p, clause_start(p, at.start, 2 * CUE_BEFORE), at.start, others);
}

static void
find_phones(const struct fields_query *q, const struct points *p, struct fields_found *out)
{
	struct field_phone phone;
	size_t from = 0, most = utf8_offset(q->text, q->text_len, POINTS_MAX);

	while (out->phones < FIELDS_PHONES && field_phone(q->text, most, from, &phone)) {
		struct fields_phone *to = &out->phone[out->phones++];

		to->at = (struct span){ phone.start, phone.end };
		memcpy(to->digits, phone.digits, sizeof to->digits);
		to->own = is_own(p, to->at);
		from = phone.byte + phone.bytes;
	}
}

/* --- all of them ----------------------------------------------------------------------------------------------------- */

/* What is no keyword and holds none: the place and enterprises; names and numbers, nor what touches them (信号 of 微信号…, a name's other half),
 * but for what follows a plate (粤B12345违停). */
static int
asides(const struct fields_query *q, const struct points *p, const struct fields_found *out, struct span *aside)
{
	int n = personal_find(p, aside);

	if (out->named)
		aside[n++] = out->person;
	for (int i = 0; i < out->phones; i++)
		aside[n++] = out->phone[i].at;
	for (int i = 0; i < n; i++) {
		aside[i].start--;
		aside[i].end++;
	}
	for (int i = 0; i < out->plates; i++)
		aside[n++] = (struct span){ out->plate[i].start - 1, out->plate[i].end };
	if (q->place.start >= 0 && q->place.end > q->place.start)
		aside[n++] = q->place;
	for (int i = 0; i < out->enterprises; i++)
		aside[n++] = out->enterprise[i].at;
	return n;
}

/* A short form that is also where it happened (阳光花园) is the place. */
static void
find_enterprises(const struct enterprises *e, const struct fields_query *q, const struct points *p, struct fields_found *out)
{
	struct enterprise_hit hit[ENTERPRISE_HITS];
	int n = e ? enterprises_find(e, p, hit) : 0;

	for (int i = 0; i < n; i++)
		if (hit[i].full || q->place.start < 0 || hit[i].at.end <= q->place.start || hit[i].at.start >= q->place.end)
			out->enterprise[out->enterprises++] = hit[i];
}

/* What the text does not say the title may: the kind, and danger (without a span, which would not be the text's). */
static void
read_title(const struct fields *f, const struct fields_query *q, struct points *p, struct fields_found *out)
{
	struct urgency_result urgency;

	if (!q->title || !*q->title || (out->type != SAID_NOTHING && out->urgency.danger))
		return;
	points_read(p, q->title, strlen(q->title));
	if (out->type == SAID_NOTHING) {
		out->type = said_type_find(f->types, p, &out->type_at);
		out->type_in_title = out->type != SAID_NOTHING;
	}
	urgency_read(f->urgency, p, out->urgency.priority, false, &urgency);
	out->urgency.danger |= urgency.danger;
	out->urgency.flags |= urgency.flags;
	out->urgency.priority = urgency.priority;
}

void
fields_find(const struct fields *f, const struct enterprises *e, const struct fields_query *q, struct fields_found *out)
{
	struct points p;
	struct span aside[PERSONAL_MAX + FIELDS_PHONES + FIELDS_PLATES + ENTERPRISE_HITS + 2];
	int from = 0;

	memset(out, 0, sizeof *out);
	points_read(&p, q->text, q->text_len);
	find_phones(q, &p, out);
	out->named = said_person_find(f->persons, &p, &out->person);
	out->timed = said_time_find(f->times, &p, q->received, &out->time);
	while (out->plates < FIELDS_PLATES && plate_find(&p, &from, &out->plate[out->plates]))
		out->plates++;
	find_enterprises(e, q, &p, out);
	if (f->keywords)
		out->keywords = keywords_find(f->keywords, &p, aside, asides(q, &p, out, aside), out->keyword, KEYWORDS_MAX);
	urgency_read(f->urgency, &p, q->priority, out->timed && out->time.when > q->received - FRESH, &out->urgency);
	out->type = said_type_find(f->types, &p, &out->type_at);
	read_title(f, q, &p, out); /* last: it takes p */
}
