/*
 * Fields, telephone masks and enterprises out of any bytes: an answer whose spans lie in the text and are not empty, the same when asked again,
 * and a mask that keeps every code point in its place.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/machine/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void
check_span(struct span at, int points)
{
	MUST(at.start >= 0 && at.start < at.end && at.end <= points);
}

static void
check(const struct fields_found *f, const struct enterprises *e, int points)
{
	MUST(f->type == SAID_NOTHING || f->type < SAID_KINDS);
	if (f->type != SAID_NOTHING)
		check_span(f->type_at, points);
	if (f->named)
		check_span(f->person, points);
	if (f->timed)
		check_span(f->time.at, points);
	for (int i = 0; i < f->phones; i++) {
		check_span(f->phone[i].at, points);
		MUST(strspn(f->phone[i].digits, "0123456789") == strlen(f->phone[i].digits) && strlen(f->phone[i].digits) >= 7);
	}
	for (int i = 0; i < f->plates; i++)
		check_span(f->plate[i], points);
	for (int i = 0; i < f->keywords; i++)
		check_span(f->keyword[i], points);
	for (int i = 0; i < f->urgency.hits; i++)
		check_span((struct span){ f->urgency.hit[i].start, f->urgency.hit[i].end }, points);
	for (int i = 0; i < f->enterprises; i++) {
		check_span(f->enterprise[i].at, points);
		MUST(f->enterprise[i].names >= 1 && *enterprises_name(e, f->enterprise[i].name[0]));
	}
}

static struct fields *
readers(void)
{
	static const char *const word[] = { "燃气", "漏水", "占道经营", "a" }, *const none[] = { NULL };
	struct duty_list *duty = duty_list_new(1);
	struct fields_policy policy = { 0 };
	struct fields *f;

	duty_add_item(duty, &(struct duty_item){ .code = "A", .category = "x", .class_ = "x", .name = "路面塌陷", .definition = "", .lead = "u", .keywords = word,
	    .nkeywords = 4, .assist = none });
	f = fields_new(&policy, duty);
	duty_list_free(duty);
	return f;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct fields *fields;
	static struct enterprises *firms;
	const char *s = (const char *)data;
	int points = (int)utf8_count(s, len);
	struct fields_query q = { .text = s, .text_len = len, .received = INT64_C(1795343400) * USEC_S, .place = { -1, -1 } };
	struct fields_found once, twice;
	struct buf masked = { 0 }, again = { 0 };

	if (!fields) {
		clock_zone("Asia/Shanghai");
		fields = readers();
		firms = enterprises_new();
		enterprises_add(firms, "深圳市示例精密制造有限公司", "a|b");
		enterprises_add(firms, "广州市示例精密制造(集团)有限公司", "");
		enterprises_add(firms, "一一一一", NULL);
		MUST(fields && enterprises_done(firms));
	}
	fields_find(fields, firms, &q, &once);
	check(&once, firms, points);
	fields_find(fields, firms, &q, &twice);
	MUST(memcmp(&once, &twice, sizeof once) == 0);
	field_mask(&masked, s, len);
	MUST(!masked.failed && (int)utf8_count(buf_text(&masked), masked.len) == points);
	field_mask(&again, buf_text(&masked), masked.len);
	MUST((int)utf8_count(buf_text(&again), again.len) == points);
	buf_free(&masked);
	buf_free(&again);
	return 0;
}
