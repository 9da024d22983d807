/* What PostgreSQL would answer to the views of return visits and of messages that did not arrive. */
#ifndef FENBO_TESTS_FAKE_CITIZENS_H
#define FENBO_TESTS_FAKE_CITIZENS_H

#include <stdio.h>
#include <string.h>

/* True when the statement is one of theirs. `did`: what was asked to be changed. */
static inline bool fake_citizens(enum statement s, const char *const *args, port_row_fn row, void *who, char *did, size_t size)
{
	static const char *const visits[] = {
		"\"why\":\"poor\",\"title\":\"小区门口燃气味很大，第二次反映\",\"unit\":\"zhujian\",\"resolved_at\":\"2026-11-20T09:12:00+08:00\",\"calls\":1,"
		    "\"next_at\":\"2026-11-22T10:00:00+08:00\",\"waits\":false,\"redo\":1,\"name\":\"张**\",\"phone\":\"138****0001\"}",
		"\"why\":\"silent\",\"title\":\"路灯不亮\\u001b[31m，晚上看不清路\",\"unit\":\"chengguan\",\"resolved_at\":\"2026-11-19T15:30:00+08:00\",\"calls\":0,"
		    "\"waits\":false,\"redo\":0,\"name\":\"李**\",\"phone\":\"139****1234\"}",
		"\"why\":\"reply\",\"title\":\"夜间施工噪音\",\"unit\":\"shengtai\",\"resolved_at\":\"2026-11-21T11:00:00+08:00\",\"calls\":2,"
		    "\"next_at\":\"2026-11-23T10:00:00+08:00\",\"waits\":true,\"redo\":0,\"name\":\"\",\"phone\":\"\"}",
	};
	static const char *const letters[] = {
		"\"id\":9,\"state\":\"dead\",\"target\":\"unit:zhujian\",\"target_name\":\"住建局\",\"kind\":\"dispatch\",\"tries\":1,\"status\":422,"
		    "\"at\":\"2026-11-22T17:12:00+08:00\",\"answer\":\"{\\\"error\\\":\\\"no such unit\\\"}\"}",
		"\"id\":8,\"state\":\"parked\",\"target\":\"citizen\",\"target_name\":null,\"kind\":\"result\",\"tries\":1,\"status\":null,"
		    "\"at\":\"2026-11-22T16:40:00+08:00\",\"answer\":\"its carrier ended before it was answered\"}",
	};
	char line[700], of[14];

	if (s == SQL_VISITS || s == SQL_OUTBOX_LIST) {
		int n = s == SQL_VISITS ? 3 : args[0] ? 0 : 2;

		for (int i = 0; i < n; i++) {
			number_plain(fake_no(i + 1), of);
			snprintf(line, sizeof line, "{\"%s\":\"%s\",%s", s == SQL_VISITS ? "id" : "no", of, s == SQL_VISITS ? visits[i] : letters[i]);
			row(who, 1, (const char *[]){ line });
		}
	} else if (s == SQL_OUTBOX_SHOW) {
		row(who, 1, (const char *[]){ "{\"id\":9,\"state\":\"dead\",\"target\":\"unit:zhujian\",\"address\":\"https://zj.example/fenbo/\",\"tries\":1,\"status\":422,"
		    "\"at\":\"2026-11-22T17:12:00+08:00\",\"taken_at\":\"2026-11-22T17:12:11+08:00\",\"answer\":\"{\\\"error\\\":\\\"no such unit\\\"}\","
		    "\"template\":\"新派件【number】“【title】”，时限【due】。\"}" });
	} else if (s == SQL_OUTBOX_RETRY || s == SQL_OUTBOX_DROP) {
		snprintf(did, size, "%s %s%s%s", statement_table[s].name, args[0], s == SQL_OUTBOX_DROP ? " " : "", s == SQL_OUTBOX_DROP ? args[1] : "");
	} else {
		return false;
	}
	return true;
}

#endif
