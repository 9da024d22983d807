#include "core/daemon/think_kin.h"

#include <stdio.h>
#include "core/appeal/stage.h"
#include "core/daemon/memory.h"
#include "core/feed/jsonw.h"

static const float COPIED = 0.9f, TOLD_AGAIN = 0.35f;

bool
think_kin_same_matter(const struct repeat_hit *h, const char *item)
{
	if (h->same_item || (h->same_person && h->overlap >= COPIED))
		return true;
	return (!item || !*item || !*h->item) && h->matter >= TOLD_AGAIN && (h->same_person || h->copy);
}

/* Closed, and now the same at the same place. What was merged is not over: its primary answers for it. */
static void
judge(const struct ruling *g, const char *item, struct kin *k)
{
	k->shown = 0;
	k->relapse = NULL;
	for (int i = 0; i < k->hits; i++) {
		const struct repeat_hit *h = &k->hit[i];

		if (i < KIN_SHOWN && h->score >= g->repeat_show)
			k->shown = i + 1;
		if (!k->relapse && !h->open && !h->merged && h->same_place && h->score >= g->repeat_strong && think_kin_same_matter(h, item))
			k->relapse = h;
	}
}

void
think_kin_find(struct memory *m, const struct ruling *g, const struct repeat_case *c, struct kin *k)
{
	quoted_find(c->text, c->text_len, &k->quoted);
	k->hits = memory_find(m, c, g->places, g->repeat_show < g->repeat_strong ? g->repeat_show : g->repeat_strong, k->hit, KIN_HITS);
	judge(g, c->item, k);
}

bool
think_kin_again(struct memory *m, const struct ruling *g, case_no no, const char *place, const char *item, struct kin *k)
{
	k->quoted.owns = k->quoted.tickets = 0;
	k->hits = memory_find_again(m, no, place, item, g->places, g->repeat_show, k->hit, KIN_HITS);
	if (k->hits < 0)
		return false;
	judge(g, item, k);
	return true;
}

unsigned
think_kin_flags(const struct kin *k)
{
	return k->relapse ? FLAG_RELAPSE : 0;
}

void
think_kin_put(const struct kin *k, bool always, struct buf *out)
{
	if (k->shown > 0 || always)
		jsonw_member_raw(out, "repeats", "[");
	for (int i = 0; i < k->shown; i++) {
		buf_printf(out, "%s{\"no\":%lld,\"score\":%.3f", i ? "," : "", (long long)k->hit[i].no, (double)k->hit[i].score);
		jsonw_member(out, "reason", k->hit[i].reason);
		buf_putc(out, '}');
	}
	if (k->shown > 0 || always)
		buf_putc(out, ']');
	if (k->relapse || k->quoted.owns > 0) {
		jsonw_member_raw(out, "links", "[");
		if (k->relapse) {
			buf_printf(out, "{\"no\":%lld,\"kind\":\"relapse\"", (long long)k->relapse->no);
			jsonw_member(out, "reason", k->relapse->reason);
			buf_putc(out, '}');
		}
		for (int i = 0; i < k->quoted.owns; i++) {
			char shown[16], reason[64];

			number_show(k->quoted.own[i], shown);
			snprintf(reason, sizeof reason, "文中写有编号 %s", shown);
			buf_printf(out, "%s{\"no\":%lld,\"kind\":\"quoted\"", i > 0 || k->relapse ? "," : "", (long long)k->quoted.own[i]);
			jsonw_member(out, "reason", reason);
			buf_putc(out, '}');
		}
		buf_putc(out, ']');
	}
	if (k->quoted.tickets > 0) {
		jsonw_member_raw(out, "quotes", "[");
		for (int i = 0; i < k->quoted.tickets; i++)
			buf_printf(out, "%s\"%s\"", i ? "," : "", k->quoted.ticket[i]); /* letters, digits, hyphens */
		buf_putc(out, ']');
	}
}
