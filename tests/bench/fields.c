/*
 * Fields and enterprises. Usage: fields [NAMES] (1,000,000).
 *
 * (1) All fields of each text, with the shipped policy and duty list and the list of enterprises below: texts a second on one core, the worst
 * text, and how often urgency words raise an alarm on real texts (when they are beside the repository).
 * (2) A generated list of enterprises: time to build, bytes, the time a text costs, the worst text; how many of planted names (in full, without the
 * place, without the legal form) are found, and how many of the real texts have a name found in them although the list is invented.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/clock.h"
#include "core/machine/enterprise.h"
#include "core/machine/fields.h"
#include "tests/tools/bench.h"
#include "tests/tools/rows.h"
#include "tests/tools/shipped.h"

static unsigned seed = 20261122;

static unsigned
random_below(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static usec_t
cpu_now(void)
{
	return (usec_t)bench_cpu_us();
}

/* --- a list of enterprises: place, two to four characters of a brand, trade, legal form ------------------------------- */

static const char *const places[] = { "深圳市", "广州市", "东莞市", "海口市", "海南", "广东", "深圳", "大连", "佳木斯市", "", "深圳市宝安区" };
static const char *const brands[] = {
	"华", "海", "天", "金", "宝", "新", "东", "信", "达", "恒", "安", "嘉", "盛", "汇", "联", "创", "通", "源", "润", "德", "丰", "瑞", "康", "泰", "和", "顺", "鑫", "隆", "旺",
	"兴", "永", "利", "诚", "远", "航", "星", "辰", "宇", "博", "雅", "凯", "威", "力", "迅", "捷", "智", "云", "飞", "龙", "腾", "凌", "峰", "锐", "卓", "优", "美", "佳", "乐", "福", "祥",
};
static const char *const trades[] = { "科技", "贸易", "电子", "商贸", "实业", "物业管理", "物业服务", "建筑工程", "装饰工程", "餐饮管理", "物流", "网络科技", "信息技术", "文化传播",
	"房地产开发", "机械设备", "精密制造", "生物医药", "服装", "食品", "环保科技", "教育咨询", "投资", "供应链", "汽车销售服务" };
static const char *const forms[] = { "有限公司", "有限公司", "有限公司", "股份有限公司", "集团有限公司", "(集团)股份有限公司", "有限责任公司" };
static const char *const tags[] = { "", "", "", "规上工业", "上市企业|规上工业", "高新技术", "专精特新" };

struct firm { const char *place, *trade, *form; char brand[16]; };

static void
make_firm(struct firm *f)
{
	int n = 3 + (int)random_below(2);

	f->place = places[random_below(sizeof places / sizeof *places)];
	f->trade = trades[random_below(sizeof trades / sizeof *trades)];
	f->form = forms[random_below(sizeof forms / sizeof *forms)];
	for (*f->brand = '\0'; n > 0; n--)
		strcat(f->brand, brands[random_below(sizeof brands / sizeof *brands)]);
}

static struct enterprises *
build(int names)
{
	struct enterprises *e = enterprises_new();
	usec_t begun = cpu_now();

	for (int i = 0; i < names; i++) {
		struct firm f;
		char name[256];

		make_firm(&f);
		snprintf(name, sizeof name, "%s%s%s%s", f.place, f.brand, f.trade, f.form);
		if (!enterprises_add(e, name, tags[random_below(sizeof tags / sizeof *tags)]))
			exit(1);
	}
	if (!enterprises_done(e))
		exit(1);
	printf("enterprises names=%zu build_ms=%lld bytes=%zu bytes_a_name=%.0f\n", enterprises_count(e), (long long)((cpu_now() - begun) / 1000),
	    enterprises_bytes(e), (double)enterprises_bytes(e) / (double)enterprises_count(e));
	printf("enterprise_names=%zu\nenterprise_build_ms=%lld\nenterprise_bytes=%zu\n", enterprises_count(e), (long long)((cpu_now() - begun) / 1000),
	    enterprises_bytes(e));
	return e;
}

/* Names of the list, as people write them, in a sentence. */
static void
planted(const struct enterprises *e, int n)
{
	static const char *const how[] = { "full", "without_place", "without_form", "without_both" };

	for (int h = 0; h < 4; h++) {
		int one = 0, several = 0;

		seed = 20261122; /* the same names again */
		for (int i = 0; i < n; i++) {
			struct firm f;
			struct points p;
			struct enterprise_hit hit[ENTERPRISE_HITS];
			char text[512];

			make_firm(&f);
			random_below(2);
			snprintf(text, sizeof text, "我在%s%s%s%s上班，公司拖欠工资", h & 1 ? "" : f.place, f.brand, f.trade, h & 2 ? "" : f.form);
			points_read(&p, text, strlen(text));
			if (enterprises_find(e, &p, hit) > 0) {
				one += hit[0].names == 1;
				several += hit[0].names > 1;
			}
		}
		printf("planted %s of=%d one=%.3f several=%.3f\n", how[h], n, (double)one / n, (double)several / n);
	}
}

/* --- texts ------------------------------------------------------------------------------------------------------------ */

struct text { const char *text; usec_t received; };
struct texts { struct text *text; size_t n, cap; struct arena arena; };

static void
add_text(struct texts *t, const char *title, const char *text, usec_t received)
{
	struct buf b = { 0 };

	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 1024;
		t->text = realloc(t->text, t->cap * sizeof *t->text);
	}
	if (*title)
		buf_printf(&b, "%s\n", title);
	buf_puts(&b, text);
	t->text[t->n++] = (struct text){ arena_strdup(&t->arena, buf_text(&b)), received };
	buf_free(&b);
}

/* 2018-12-09 08:59:54, or 20180101: that day's evening. */
static usec_t
date_of(const char *s)
{
	int year = 0, month = 0, day = 0, hour = 23, minute = 0;
	usec_t t = clock_now();

	if (sscanf(s, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute) < 3 && sscanf(s, "%4d%2d%2d", &year, &month, &day) < 3)
		return t;
	clock_make(year, month, day, hour, minute, 0, &t);
	return t;
}

static bool
load(struct texts *t, const char *file)
{
	const char *path = rows_data(file);
	struct rows r;

	if (!path || !rows_load(&r, path))
		return false;
	for (size_t i = 0; i < r.n; i++)
		add_text(t, rows_get(&r, i, "title"), *rows_get(&r, i, "content_nohint") ? rows_get(&r, i, "content_nohint") : rows_get(&r, i, "content"),
		    date_of(*rows_get(&r, i, "date") ? rows_get(&r, i, "date") : rows_get(&r, i, "created_at")));
	rows_free(&r);
	return true;
}

/* Over all texts of the real files: what report.sh reads. */
static struct { size_t texts; usec_t fields, names, names_worst; } all;

static void
measure(const char *name, const struct shipped *s, const struct enterprises *e, const struct texts *t)
{
	usec_t worst = 0, begun = cpu_now(), names = 0, names_worst = 0;
	size_t points = 0, danger = 0, fast = 0, found[6] = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		struct fields_query q = { .text = t->text[i].text, .text_len = strlen(t->text[i].text), .received = t->text[i].received, .priority = PRIORITY_NORMAL, .place = { -1, -1 } };
		struct fields_found f;
		usec_t at = cpu_now(), took;

		fields_find(s->fields, NULL, &q, &f);
		took = cpu_now() - at;
		worst = took > worst ? took : worst;
		danger += f.urgency.danger;
		fast += f.urgency.priority == PRIORITY_FAST;
		found[0] += f.type != SAID_NOTHING, found[1] += f.phones > 0, found[2] += f.named, found[3] += f.timed, found[4] += f.plates > 0;
	}
	begun = cpu_now() - begun;
	all.texts += t->n;
	all.fields += begun;
	for (size_t i = 0; i < t->n; i++) {
		struct points p;
		struct enterprise_hit hit[ENTERPRISE_HITS];
		usec_t at = cpu_now(), took;

		points_read(&p, t->text[i].text, strlen(t->text[i].text));
		points += (size_t)p.n;
		found[5] += enterprises_find(e, &p, hit) > 0;
		took = cpu_now() - at;
		names += took;
		names_worst = took > names_worst ? took : names_worst;
	}
	all.names += names;
	all.names_worst = names_worst > all.names_worst ? names_worst : all.names_worst;
	printf("fields %s texts=%zu points=%.0f texts_s=%.0f us=%.1f worst_us=%lld danger=%.4f fast=%.4f kind=%.3f phone=%.3f person=%.4f time=%.3f plate=%.3f "
	    "enterprise_us=%.1f enterprise_worst_us=%lld enterprise_by_chance=%.4f\n", name, t->n, (double)points / (double)t->n, (double)t->n * 1e6 / (double)begun,
	    (double)begun / (double)t->n, (long long)worst, (double)danger / (double)t->n, (double)fast / (double)t->n, (double)found[0] / (double)t->n,
	    (double)found[1] / (double)t->n, (double)found[2] / (double)t->n, (double)found[3] / (double)t->n, (double)found[4] / (double)t->n,
	    (double)names / (double)t->n, (long long)names_worst, (double)found[5] / (double)t->n);
}

static void
free_texts(struct texts *t)
{
	free(t->text);
	arena_free(&t->arena);
	*t = (struct texts){ 0 };
}

/* As long as a text may be: one name after another, and one danger word after another. */
static void
longest(const struct shipped *s, const struct enterprises *e)
{
	static const char *const units[] = { "深圳市华海天贸易有限公司", "没有起火，", "昨天五点", "一" };
	struct texts t = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		buf_reset(&b);
		while (b.len < 100000)
			buf_puts(&b, units[i]);
		add_text(&t, "", buf_text(&b), clock_now());
	}
	measure("hostile_100kB", s, e, &t);
	buf_free(&b);
	free_texts(&t);
}

int
main(int argc, char **argv)
{
	static const char *const files[] = { "haikou12345_tickets.csv", "jiamusi.csv", "dalian.csv", "teddy_f3.csv" };
	struct shipped s;
	struct enterprises *e;
	struct texts t = { 0 };

	clock_zone("Asia/Shanghai");
	if (!shipped_load(&s))
		return 1;
	e = build(argc > 1 ? atoi(argv[1]) : 1000000);
	planted(e, 2000);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (load(&t, files[i])) {
			measure(files[i], &s, e, &t);
			free_texts(&t);
		}
	if (all.texts)
		printf("fields_per_s=%.0f\nenterprise_us=%.2f\n", (double)all.texts * 1e6 / (double)all.fields, (double)all.names / (double)all.texts);
	longest(&s, e);
	printf("enterprise_worst_us=%lld\n", (long long)all.names_worst);
	enterprises_free(e);
	shipped_free(&s);
	return 0;
}
