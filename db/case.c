#include "db/case.h"

enum { NO, VERSION, STAGE, PRIORITY, RANK_AT, RECEIVED_AT, DUE_AT, CLOCK, LEASE_UNTIL, FLAGS, CHASED, RETURNED, REDO, REPEATS,
	TOP_P, DESK, UNIT, ITEM, OWNER, CHANNEL, TITLE, PLACE, TOP_UNIT, BURST };

bool
db_row_summary(const struct db_row *r, struct summary *out)
{
	*out = (struct summary){
		.no = db_row_int(r, NO), .version = (int)db_row_int(r, VERSION),
		.rank_at = db_row_time(r, RANK_AT), .received_at = db_row_time(r, RECEIVED_AT), .due_at = db_row_time(r, DUE_AT),
		.lease_until = db_row_time(r, LEASE_UNTIL), .flags = (unsigned)db_row_int(r, FLAGS),
		.chased = (int)db_row_int(r, CHASED), .returned = (int)db_row_int(r, RETURNED), .redo = (int)db_row_int(r, REDO),
		.repeats = (int)db_row_int(r, REPEATS), .top_p = (float)db_row_real(r, TOP_P),
		.clock = db_row_text(r, CLOCK, NULL), .desk = db_row_text(r, DESK, NULL), .unit = db_row_text(r, UNIT, NULL),
		.item = db_row_text(r, ITEM, NULL), .owner = db_row_text(r, OWNER, NULL), .channel = db_row_text(r, CHANNEL, NULL),
		.title = db_row_text(r, TITLE, NULL), .place = db_row_text(r, PLACE, NULL), .top_unit = db_row_text(r, TOP_UNIT, NULL),
		.burst = db_row_int(r, BURST),
	};
	return stage_parse(db_row_text(r, STAGE, NULL), &out->stage) &&
	    priority_parse(db_row_text(r, PRIORITY, NULL), &out->priority);
}
