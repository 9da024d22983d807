/* What the fake world answers to a supervisor: facts beside rows, a drafted letter, the leaders' list, instructions, bulletins, topics. */
#ifndef FENBO_TESTS_TUI_FAKE_PAPERS_H
#define FENBO_TESTS_TUI_FAKE_PAPERS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/port.h"

/* One row for each number asked for, as fenbo.queue_facts has them; the version is beyond any. */
static inline void fake_facts(const char *list, port_row_fn row, void *who)
{
	while (*list) {
		char id[24];
		size_t n;

		list += strcspn(list, "0123456789");
		n = strspn(list, "0123456789");
		if (n == 0)
			break;
		snprintf(id, sizeof id, "%.*s", (int)n, list);
		list += n;
		row(who, 15, (const char *[]){ id, "99", "chengguan", "非本单位职责，应由住建牵头", "extend", "3", "", "天气原因", "2", "2026-11-22 15:00:00+08",
		    "请三日内办结并报结果", "2026-11-22 12:00:00+08", "f", "1", "没有解决" });
	}
}

/* True when the statement is one of these. The last change of a paper is kept in `sent`. */
static inline bool fake_papers(enum statement s, const char *const *args, int nargs, port_row_fn row, void *who, char sent[512])
{
	static const char *const list = "{\"day\":\"2026-11-22\",\"version\":4,\"drafted_at\":\"2026-11-22T08:00:00+08:00\",\"drafted_by\":\"苏\","
	    "\"editions\":[{\"edition\":1,\"at\":\"2026-11-22T09:00:00+08:00\",\"by\":\"苏\"}],\"items\":["
	    "{\"id\":\"2611220000017\",\"rank\":1,\"title\":\"小区门口燃气味很大，楼道里也能闻到\",\"stage\":\"triage\",\"instructions\":1,\"remark\":\"请住建局长到场\","
	    "\"reasons\":[{\"code\":\"danger\"},{\"code\":\"group\",\"n\":12}]},"
	    "{\"id\":\"2611220000030\",\"rank\":2,\"title\":\"水管爆裂，水漫到商铺里面了\",\"stage\":\"handling\",\"instructions\":0,\"remark\":\"\","
	    "\"reasons\":[{\"code\":\"media\",\"text\":\"电视台\"},{\"code\":\"overdue\",\"n\":172800},{\"code\":\"chased\",\"n\":4}]}]}";
	static const char *const instruction = "{\"instruction\":7,\"id\":\"2611220000017\",\"version\":3,\"until\":\"2026-11-22T12:00:00+08:00\",\"leader\":\"陈市长\","
	    "\"unit\":\"zhujian\",\"unit_name\":\"区住房和建设局\",\"text\":\"请三日内办结并报结果\",\"title\":\"小区门口燃气味很大\",\"overdue\":true,\"complied_at\":null}";
	static const char *const bulletin = "{\"bulletin\":3,\"version\":2,\"from\":\"2026-11-16\",\"to\":\"2026-11-22\",\"title\":\"办件通报（2026.11.16—11.22）\","
	    "\"text\":\"11月16日至11月22日，各单位办件情况通报如下：\\n1. 区交通运输局：超期3件，重办1件。\\n请上述单位核查原因，限期整改。\","
	    "\"units\":[{\"unit\":\"jiaotong\"}],\"published_at\":null}";
	static const char *const topic = "{\"topic\":5,\"version\":2,\"title\":\"外墙脱落治理\",\"stage\":\"working\",\"owner\":\"zhujian\",\"owner_name\":\"区住房和建设局\","
	    "\"target\":\"2026-12-31\",\"cases\":2,\"late\":false,\"item_name\":\"建筑外墙安全\",\"place_name\":\"福永街道\",\"plan\":\"逐栋排查，先设围挡，业主委员会签字后维修。\","
	    "\"notes\":[{\"n\":1,\"at\":\"2026-11-21T10:00:00+08:00\",\"by\":\"乌特\",\"text\":\"已排查三栋，两栋设围挡\"}],"
	    "\"before\":{\"weeks\":8.0,\"cases\":44,\"per_week\":5.5,\"redo\":6,\"rated\":20,\"effect\":2.85},"
	    "\"since\":{\"weeks\":2.0,\"cases\":3,\"per_week\":1.5,\"redo\":0,\"rated\":2,\"effect\":4.5},"
	    "\"members\":[{\"id\":\"2611220000017\",\"title\":\"小区门口燃气味很大，楼道里也能闻到\",\"stage\":\"triage\",\"received_at\":\"2026-11-22T17:12:40+08:00\",\"place\":\"航城街道\"},"
	    "{\"id\":\"2611220000030\",\"title\":\"水管爆裂，水漫到商铺里面了\",\"stage\":\"handling\",\"received_at\":\"2026-11-22T16:40:00+08:00\",\"place\":\"西乡街道\"}]}";
	size_t at = 0;

	switch (s) {
	case SQL_QUEUE_FACTS:    fake_facts(args[0], row, who); return true;
	case SQL_LETTER_DRAFT:   row(who, 1, (const char *[]){ "住建局：请抓紧办理。" }); return true;
	case SQL_LEADERS_SHOW:   row(who, 1, &list); return true;
	case SQL_INSTRUCTIONS:   row(who, 1, &instruction); return true;
	case SQL_BULLETINS:      row(who, 1, &bulletin); return true;
	case SQL_TOPICS:
	case SQL_TOPIC_SHOW:     row(who, 1, &topic); return true;
	case SQL_HANDOVER_OPEN:  row(who, 1, (const char *[]){ "{}" }); row(who, 1, (const char *[]){ "{}" }); return true;
	case SQL_LEADERS_DRAFT:
	case SQL_LEADERS_EDIT:
	case SQL_LEADERS_PUBLISH:
	case SQL_BULLETIN_DRAFT:
	case SQL_BULLETIN_EDIT:
	case SQL_BULLETIN_PUBLISH:
	case SQL_BULLETIN_DROP:
	case SQL_TOPIC_PUT:
	case SQL_TOPIC_CASES:
	case SQL_TOPIC_NOTE:
		sent[0] = '\0';
		for (int i = 0; i < nargs && at < 500; i++)
			at += (size_t)snprintf(sent + at, 512 - at, "%s%s", i ? " " : "", args[i] ? args[i] : "-");
		row(who, 1, (const char *[]){ "1" });
		return true;
	default:
		return false;
	}
}

#endif
