/* Any bytes are a table of routing or are refused; what is taken is written, read again, and then written the same. The
 * first byte chooses the table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/routing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void written_again(const struct routing_doc *doc, int part)
{
	struct buf once = { 0 }, twice = { 0 };
	struct err_list errs = { 0 };
	struct sheet again;

	if (routing_export(doc, (enum routing_part)part, &once)) {
		MUST(sheet_parse(&again, &routing_kind[part], "again.csv", buf_text(&once), once.len, &errs));
		MUST(again.rows == doc->sheet[part].rows);
		for (size_t i = 0; i < again.rows; i++)
			for (int c = 0; c < again.kind->ncolumns; c++)
				MUST(strcmp(again.row[i].cell[c], doc->sheet[part].row[i].cell[c]) == 0);
		MUST(sheet_write(&again, &twice) && twice.len == once.len &&
		    memcmp(twice.data, once.data, once.len) == 0);
		sheet_free(&again);
	} else {
		MUST(doc->sheet[part].gb); /* a character that GB18030 does not have */
	}
	buf_free(&once);
	buf_free(&twice);
	err_list_free(&errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct routing_doc doc = { 0 };
	struct err_list errs = { 0 };

	if (len == 0)
		return 0;
	int part = data[0] % ROUTING_PARTS;
	bool good = routing_parse(part, "fuzz.csv", (const char *)data + 1, len - 1, &doc, &errs);
	MUST(good == err_list_empty(&errs));
	if (good) {
		written_again(&doc, part);
		routing_check(&doc, &errs);
		json_t *json = routing_json(&doc);
		if (part != ROUTING_ENTERPRISES) /* their list stands beside the revisions */
			MUST(json_array_size(json_object_get(json, routing_part_key((enum routing_part)part))) ==
			    doc.sheet[part].rows);
		json_decref(json);
	}
	routing_free(&doc);
	err_list_free(&errs);
	return 0;
}
