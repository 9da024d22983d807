/* What the fake PostgreSQL says of shifts and handovers. Included by fake.h, whose cases it names. */
#ifndef FENBO_TESTS_TUI_FAKE_SHIFTS_H
#define FENBO_TESTS_TUI_FAKE_SHIFTS_H

/* The shift view: three people on, one gone, a week of turns, a swap and a leave, yesterday's attendance. */
static inline void fake_shift(enum statement s, const char *const *args, port_row_fn row, void *who)
{
	static const char *const on[] = {
		"{\"account\":\"zhaoliu\",\"person\":\"赵六\",\"role\":\"supervisor\",\"how\":\"crew\",\"other\":\"\",\"state\":\"present\",\"came_at\":\"2026-11-22T16:00:00+08:00\","
		    "\"late_s\":0,\"alive\":true,\"held\":0,\"decided\":12,\"idle_s\":65,\"corrected\":false}",
		"{\"account\":\"zhangsan\",\"person\":\"张三\",\"role\":\"dispatcher\",\"how\":\"crew\",\"other\":\"\",\"state\":\"late\",\"came_at\":\"2026-11-22T16:22:00+08:00\","
		    "\"late_s\":1320,\"alive\":true,\"held\":7,\"decided\":61,\"idle_s\":12,\"corrected\":false}",
		"{\"account\":\"lisi\",\"person\":\"李四\",\"role\":\"dispatcher\",\"how\":\"swap\",\"other\":\"王五\",\"state\":\"present\",\"came_at\":\"2026-11-22T16:00:00+08:00\","
		    "\"late_s\":0,\"alive\":true,\"held\":2,\"decided\":40,\"idle_s\":1500,\"corrected\":true}",
		"{\"account\":\"sunqi\",\"person\":\"孙七\",\"role\":\"dispatcher\",\"how\":\"crew\",\"other\":\"\",\"state\":\"absent\",\"came_at\":null,\"late_s\":0,"
		    "\"alive\":false,\"held\":0,\"decided\":0,\"idle_s\":null,\"corrected\":false}",
	};
	char text[700];

	if (s == SQL_SHIFT_AT) {
		row(who, 1, (const char *[]){ "{\"day\":\"2026-11-22\",\"shift\":\"3\",\"name\":\"三班\",\"start_at\":\"2026-11-22T16:00:00+08:00\",\"end_at\":"
		    "\"2026-11-22T20:00:00+08:00\",\"crews\":[3],\"crew_names\":\"三组\"}" });
	} else if (s == SQL_SHIFT_ON) {
		for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
			row(who, 1, &on[i]);
	} else if (s == SQL_SHIFT_ROSTER) {
		static const char *const crews[] = { "一组", "二组", "三组", "四组", "五组", "六组" }, *const names[] = { "五班", "六班", "一班", "二班", "三班", "四班" };

		for (int i = 3; i < 42; i++) {
			int day = 22 + i / 6, shift = i % 6;

			snprintf(text, sizeof text, "{\"day\":\"2026-11-%02d\",\"shift\":\"%d\",\"name\":\"%s\",\"label\":\"%s %02d–%02d\",\"start_at\":\"2026-11-%02dT%02d:00:00+08:00\","
			    "\"end_at\":\"2026-11-%02dT%02d:59:59+08:00\",\"crew_names\":\"%s\",\"on\":36,\"swapped\":%d,\"leave\":%d,\"mine\":%s}", day, shift, names[shift], names[shift],
			    shift * 4, shift * 4 + 4, day, shift * 4, day, shift * 4 + 3, crews[(shift + i / 6) % 6], i == 9, i == 9 ? 2 : 0, (shift + i / 6) % 6 == 2 ? "true" : "false");
			row(who, 1, (const char *[]){ text });
		}
	} else if (s == SQL_SHIFT_SWAPS) {
		row(who, 1, (const char *[]){ "{\"id\":7,\"account\":\"zhangsan\",\"person\":\"张三\",\"day\":\"2026-11-24\",\"shift\":\"3\",\"name\":\"三班\",\"other\":\"lisi\","
		    "\"other_person\":\"李四\",\"other_day\":\"2026-11-26\",\"other_shift\":\"1\",\"other_name\":\"一班\",\"state\":\"agreed\",\"reason\":\"孩子家长会\"}" });
	} else if (s == SQL_SHIFT_LEAVES) {
		row(who, 1, (const char *[]){ "{\"id\":3,\"account\":\"sunqi\",\"person\":\"孙七\",\"from_at\":\"2026-11-25T00:00:00+08:00\",\"until_at\":\"2026-11-26T00:00:00+08:00\","
		    "\"kind\":\"sick\",\"state\":\"asked\",\"reason\":\"复查\"}" });
	} else if (s == SQL_ATTENDANCE_LIST) {
		row(who, 1, (const char *[]){ "{\"day\":\"2026-11-22\",\"shift\":\"2\",\"name\":\"二班\",\"account\":\"zhangsan\",\"person\":\"张三\",\"state\":\"present\",\"derived\":\"late\","
		    "\"came_at\":\"2026-11-22T12:22:00+08:00\",\"left_at\":\"2026-11-22T16:00:00+08:00\",\"decided\":61,\"corrected_by\":\"zhaoliu\",\"note\":\"门禁故障\"}" });
		row(who, 1, (const char *[]){ "{\"day\":\"2026-11-22\",\"shift\":\"3\",\"name\":\"三班\",\"account\":\"sunqi\",\"person\":\"孙七\",\"state\":\"absent\",\"derived\":\"absent\","
		    "\"came_at\":null,\"left_at\":null,\"decided\":0,\"corrected_by\":null,\"note\":\"\"}" });
	} else if (s == SQL_SHIFT_DEAL && strcmp(args[1], "true") == 0) {
		for (int i = 0; i < 3; i++) {
			char no[14];

			number_plain(fake_no(i + 1), no);
			snprintf(text, sizeof text, "{\"id\":\"%s\",\"account\":\"%s\",\"person\":\"%s\",\"held\":3}", no, i == 1 ? "zhangsan" : "lisi", i == 1 ? "张三" : "李四");
			row(who, 1, (const char *[]){ text });
		}
	}
}

/* A handover that waits to be acknowledged (4), a draft (3). */
static inline void fake_handover(enum statement s, const char *const *args, port_row_fn row, void *who)
{
	bool draft = args[0] && strcmp(args[0], "3") == 0;
	struct buf b = { 0 };
	char no[14];

	if (s == SQL_HANDOVER_LIST) {
		row(who, 1, (const char *[]){ "{\"id\":4}" });
		row(who, 1, (const char *[]){ "{\"id\":3}" });
		return;
	}
	buf_printf(&b, "{\"id\":%d,\"state\":\"%s\",\"version\":8,\"from\":\"二班 12–16\",\"to\":\"三班 16–20\",\"drafted_by\":\"system\",\"sent_by\":\"%s\",\"sent_at\":%s,"
	    "\"due_at\":\"2026-11-22T17:50:00+08:00\",\"items\":[", draft ? 3 : 4, draft ? "draft" : "sent", draft ? "" : "苏值班", draft ? "null" :
	    "\"2026-11-22T15:58:00+08:00\"");
	for (int i = 0; i < 5; i++) {
		static const struct { const char *kind, *more, *state; } item[] = {
			{ "danger", "[{\"kind\":\"danger\",\"at\":\"2026-11-22T17:46:20+08:00\"},{\"kind\":\"urgent\",\"at\":\"2026-11-22T17:46:20+08:00\"},{\"kind\":\"held\",\"who\":\"张三\"}]", "open" },
			{ "late", "[{\"kind\":\"late\",\"at\":\"2026-11-22T17:30:00+08:00\"}]", "open" },
			{ "promise", "[{\"kind\":\"promise\",\"at\":\"2026-11-22T18:00:00+08:00\",\"who\":\"李四\"},{\"kind\":\"alarm\",\"alarm\":4,\"code\":\"rung dispatch alarm\","
			    "\"args\":{\"clock\":\"dispatch\",\"due_at\":\"2026-11-22T17:12:00+08:00\"}}]", "queued" },
			{ "held", "[{\"kind\":\"held\",\"who\":\"张三\"}]", "acknowledged" },
			{ "paused", "[{\"kind\":\"paused\"}]", "dropped" },
		};

		number_plain(fake_no(i + 1), no);
		buf_printf(&b, "{\"n\":%d,\"id\":\"%s\",\"kind\":\"%s\",\"reasons\":%s,\"title\":\"%s\",\"text\":\"%s\",\"text_by\":\"苏值班\",\"state\":\"%s\",\"dropped\":\"%s\","
		    "\"ended_by\":\"%s\",\"ended_at\":\"2026-11-22T16:05:00+08:00\"},", i + 1, no, item[i].kind, item[i].more, fake_cases[i].title, i == 0 ? "已联系燃气集团，等回电" : "",
		    draft && i < 4 ? "open" : item[i].state, i == 4 ? "单位已书面说明" : "", i == 3 && !draft ? "赵六" : i == 4 ? "苏值班" : "");
	}
	buf_puts(&b, "{\"n\":6,\"id\":null,\"kind\":\"added\",\"reasons\":[{\"kind\":\"added\"}],\"title\":\"\",\"text\":\"明早八点市里来检查\",\"text_by\":\"苏值班\",\"state\":\"open\","
	    "\"dropped\":\"\",\"ended_by\":\"\",\"ended_at\":null},{\"n\":8,\"id\":null,\"kind\":\"alarm\",\"reasons\":[{\"kind\":\"alarm\",\"alarm\":5,\"code\":\"outbox_dead\",\"args\":{\"n\":3}}],"
	    "\"title\":\"\",\"text\":\"\",\"text_by\":\"\",\"state\":\"open\",\"dropped\":\"\",\"ended_by\":\"\",\"ended_at\":null},{\"n\":9,\"id\":null,\"kind\":\"open\","
	    "\"reasons\":[{\"kind\":\"open\",\"n\":3127,\"units\":2904}],\"title\":\"\",\"text\":\"\",\"text_by\":\"\",\"state\":\"open\",\"dropped\":\"\",\"ended_by\":\"\",\"ended_at\":null},{\"n\":7,\"id\":null,\"kind\":\"soon\",\"reasons\":[{\"kind\":\"soon\",\"n\":12}],\"title\":\"\",\"text\":\"\","
	    "\"text_by\":\"\",\"state\":\"open\",\"dropped\":\"\",\"ended_by\":\"\",\"ended_at\":null}]}");
	row(who, 1, (const char *[]){ buf_text(&b) });
	buf_free(&b);
}

#endif
