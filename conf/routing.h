/*
 * Routing as people exchange it (DESIGN, sections 4 and 8): routing.ini with the policy, and seven CSV tables. Loaded,
 * checked against one another and turned into the one JSON document that SQL's fenbo.route_apply takes. Any subset may
 * be loaded: what is absent keeps what the current revision has. Writing gives the same CSV back.
 *
 * The document (routing_json):
 *   {"policy":  {"format": 1, "centre": {"name"},
 *                "priorities": {"urgent"|"fast"|"normal":
 *                    {"dispatch_s", "contact_s", "handle_days", "rate_days", "rule_s", "words": […]}},
 *                "clocks": {"dispatch"|"contact"|"handle"|"rate"|"rule": {"calendar": "always"|"working",
 *                    "rungs": [{"at_s", "days" from the due time | "share" of the limit, "tell", "do"}],
 *                    "priorities": {"urgent"|"fast"|"normal": [rungs, instead of those]}}}, (conf/policy_rungs.h)
 *                "working": {"days": [1…7], "am": [from, to], "pm": [from, to] minutes, "quiet": [from, to]},
 *                "thresholds": {"gate_p", "show_p", "novel_p", "priority_p", "repeat_show", "repeat_strong",
 * "review_share"}, "weights": {"duty", "history", "rating", "place", "returned"}, "lead": {"fallback": "function@level"
 * or ""}, "types": {"consultation"|"complaint"|"suggestion"|"help"|"other": […]}, "enterprises": {"key_tags": […]}, "picked_direct": bool, "chase": {"lift_s", "supervise_after"}, "returns": {"ruling_after"}, "alarms": {"repeat_s", "escalate_after", "keep_s"}, "pause": {"approval": [codes], "longest_s"},
 * "extend": {"times", "days", "late": bool}, "progress": {"public": bool}, "balance": {"most_held"},
 * "attendance": {"before_s", "grace_s"}, "handover": {"draft_s", "send_after_s", "acknowledge_s", "free_leases": bool, "grace_s", "most"}, "shifts",
 * "crews" and "rotation" as in conf/policy_shifts.h}, "units": [{code, name, short, parent|null, level,
 * function|null, area|null, desk, active, contact, head}], "items": [{code, category, class, name, definition, keywords[],
 * priority, handle_days, lead, assist[], steps[]}], "places": [{code, name, level, parent|null, aliases[], lat|null,
 * long|null, active}], "channels": [{code, name, place|null, active, citizen}], "reasons": [{action, code, name, sort}],
 *    "knowledge": [{code, title, keywords[], template, active}],
 *    "calendar": [{day, working, name}]}
 * The enterprises are no part of a revision: they may be a million, and go into the database by themselves (fenbo.enterprises_put).
 * "files" (routing_files): {"routing.ini": text, "units.csv": text, …} as read, in UTF-8.
 */
#ifndef FENBO_CONF_ROUTING_H
#define FENBO_CONF_ROUTING_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "conf/err_list.h"
#include "conf/sheet.h"
#include "core/base/buf.h"

enum routing_part {
	ROUTING_UNITS, ROUTING_ITEMS, ROUTING_PLACES, ROUTING_KNOWLEDGE, ROUTING_CALENDAR, ROUTING_ENTERPRISES,
	ROUTING_PARTS
};

/* One kind of table: file names units.csv duty.csv gazetteer.csv knowledge.csv calendar.csv enterprises.csv; names in
 * the document units items places knowledge calendar; the list of enterprises goes beside the document. */
extern const struct sheet_kind routing_kind[ROUTING_PARTS];
const char *routing_part_key(enum routing_part part);        /* key in the document: "items" */
bool routing_part_parse(const char *name, enum routing_part *out); /* "duty", "units", "gazetteer", … */

struct routing_doc {
	bool has_policy;
	json_t *policy, *channels, *reasons;  /* owned; NULL when routing.ini was not read */
	bool has[ROUTING_PARTS];
	struct sheet sheet[ROUTING_PARTS];
	struct buf text[ROUTING_PARTS + 1];   /* as read, in UTF-8; the last is routing.ini */
};

/*
 * Load a folder (routing.ini and whichever tables stand there), or one routing.ini (with the tables that stand beside
 * it), or one CSV file named as above. Everything wrong is added to errs, at once; then *out is all zero and the answer
 * false. Cross checks cover the parts that are loaded together.
 */
bool routing_load(const char *dir_or_path, struct routing_doc *out, struct err_list *errs);
/* One table from a file of any name: `fenboctl import duty FILE.csv`. */
bool routing_load_part(enum routing_part part, const char *path, struct routing_doc *out, struct err_list *errs);
/* The same from memory; may be called for several parts, then routing_check. part == ROUTING_PARTS is routing.ini. */
bool routing_parse(
    int part, const char *file, const char *bytes, size_t len, struct routing_doc *out, struct err_list *errs);
/* What the parts say about one another: unknown units, function@level that no area can resolve, loops of parents, a
 * place under two parents, a calendar without make-up days. */
bool routing_check(const struct routing_doc *doc, struct err_list *errs);
void routing_free(struct routing_doc *doc);

/* New references, owned by the caller; NULL only when memory is gone. */
json_t *routing_json(const struct routing_doc *doc);
json_t *routing_files(const struct routing_doc *doc);

/* One table as CSV: from a document loaded here (bytes as they were, if canonical), or from rows as SQL gives them
 * (array of objects with the names above; English or Chinese headings). False when memory is gone or a row is
 * malformed. */
bool routing_export(const struct routing_doc *doc, enum routing_part part, struct buf *out);
bool routing_export_rows(enum routing_part part, const json_t *rows, bool english, bool bom, struct buf *out);

#endif
