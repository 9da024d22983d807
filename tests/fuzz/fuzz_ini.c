/* Any bytes are an INI file or are refused with a reason; what is taken reads the same through iniparser (ini.c
 * compares), and any INI file is a policy or is refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/ini.h"
#include "conf/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err_list errs = { 0 };
	struct ini *ini = ini_parse("fuzz.ini", (const char *)data, len, &errs);
	char shown[512];

	MUST(ini || !err_list_empty(&errs));
	for (size_t i = 0; i < errs.count; i++) {
		err_item_show(&errs.items[i], shown, sizeof shown);
		MUST(errs.items[i].err.message[0] && errs.items[i].err.line >= 0);
	}
	if (ini) {
		struct policy policy;
		for (size_t i = 0; i < ini_count(ini); i++) {
			const struct ini_entry *e = ini_at(ini, i);
			MUST(ini_find(ini, e->section, e->key) == e);
		}
		size_t before = errs.count + errs.dropped;
		bool good = policy_parse(ini, "fuzz.ini", &policy, &errs);
		MUST(good == (errs.count + errs.dropped == before));
		if (good)
			policy_free(&policy);
		ini_free(ini);
	}
	err_list_free(&errs);
	return 0;
}
