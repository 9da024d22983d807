/*
 * report: a day, a week or a month in figures, for the terminal, for other programs, or as a page to hand around; the cases behind a figure; the proof that
 * what was counted is what the event log says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "core/base/i18n.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"
#include "core/ctl/report.h"

enum { PATIENCE_MS = 120000, CHECK_MS = 0 };

/* As the console chooses it, unless --lang says otherwise. */
static void
speak(const struct ctl *ctl, const struct ctl_args *a)
{
	const char *wanted = ctl_opt(a, "lang");
	char dir[4096];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof dir - 1);
	char *slash;

	if (wanted == NULL)
		wanted = strcmp(ctl->conf.console_language, "auto") == 0 ? "" : ctl->conf.console_language;
	dir[n > 0 ? n : 0] = '\0';
	if ((slash = strrchr(dir, '/')) != NULL)
		*slash = '\0';
	i18n_init(strcmp(wanted, "zh") == 0 ? "zh_CN" : wanted, dir);
}

static int
terminal_columns(const struct ctl_args *a)
{
	struct winsize w;
	const char *given = ctl_opt(a, "width");

	if (given != NULL)
		return atoi(given);
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 100;
}

static int
write_out(const struct buf *out)
{
	if (out->failed) {
		fputs("fenboctl: out of memory\n", stderr);
		return EXIT_REFUSED;
	}
	fwrite(buf_text(out), 1, out->len, stdout);
	return EXIT_DONE;
}

static int
report(struct ctl *ctl, const struct ctl_args *a, enum report_period period)
{
	struct day at;
	struct report r;
	struct buf out = { 0 };
	struct err e;
	struct sync *db;
	int status;

	if (!day_parse(a->word[0], &at))
		return ctl_usage("%.40s is no day; write it as 2026-11-22", a->word[0]);
	if ((db = ctl_db_patient(ctl, PATIENCE_MS, &status)) == NULL)
		return status;
	if (!report_read(&r, db, period, at, ctl_opt(a, "unit"), &e)) {
		report_free(&r);
		return ctl_fail_database(&e);
	}
	speak(ctl, a);
	if (ctl->json)
		report_json(&r, &out);
	else if (ctl_opt(a, "csv"))
		report_csv(&r, ctl_opt(a, "bom") != NULL, &out);
	else if (ctl_opt(a, "html"))
		report_html(&r, &out);
	else
		report_text(&r, terminal_columns(a), &out);
	status = write_out(&out);
	buf_free(&out);
	report_free(&r);
	return status;
}

static int
report_day(struct ctl *ctl, const struct ctl_args *a)
{
	return report(ctl, a, REPORT_DAY);
}

static int
report_week(struct ctl *ctl, const struct ctl_args *a)
{
	return report(ctl, a, REPORT_WEEK);
}

static int
report_month(struct ctl *ctl, const struct ctl_args *a)
{
	return report(ctl, a, REPORT_MONTH);
}

/* --- behind a figure ------------------------------------------------------------------------------------------------------- */

static int
cases(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "no", "ID", 15, false }, { "at", "AT", 19, false }, { "stage", "STAGE", 10, false }, { "unit", "UNIT", 16, false }, { "item", "ITEM", 16, false },
		{ "title", "TITLE", 0, false }, { .key = NULL }
	};
	const char *by = ctl_opt(a, "by"), *key = ctl_opt(a, "key"), *to = ctl_opt(a, "to");
	struct day day;

	if (!day_parse(a->word[1], &day) || (to != NULL && !day_parse(to, &day)))
		return ctl_usage("a day is written as 2026-11-22");
	return ctl_list(ctl, SQL_REPORT_CASE_ROWS, (struct db_param[]){ DB_TEXT(a->word[0]), DB_TEXT(by != NULL ? by : "all"), DB_TEXT(key != NULL ? key : ""),
	    DB_TEXT(a->word[1]), DB_TEXT(to != NULL ? to : a->word[1]), DB_TEXT(ctl_opt(a, "unit")), DB_TEXT(ctl_opt(a, "limit")) }, 7, columns);
}

/* --- the proof ------------------------------------------------------------------------------------------------------------- */

struct differences { struct ctl *ctl; long n; };

static void
on_difference(void *ctx, const struct db_row *row)
{
	struct differences *d = ctx;
	size_t len;
	const char *text = db_row_text(row, 0, &len);
	json_t *o = text != NULL ? json_loadb(text, len, 0, NULL) : NULL;

	d->n++;
	if (o != NULL)
		print_row(d->ctl, NULL, o);
	json_decref(o);
}

static int
check(struct ctl *ctl, const struct ctl_args *a)
{
	struct differences d = { ctl, 0 };
	struct err e;
	int status;
	struct sync *db = ctl_db_patient(ctl, CHECK_MS, &status);

	if (db == NULL)
		return status;
	if (!sync_run(db, SQL_REPORT_CHECK, (struct db_param[]){ DB_TEXT(ctl_opt(a, "from")), DB_TEXT(ctl_opt(a, "to")) }, 2, on_difference, &d, &e))
		return ctl_fail_database(&e);
	if (d.n == 0)
		print_said(ctl, "facts and sums are what the event log says");
	return d.n == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static void
on_last(void *ctx, const struct db_row *row)
{
	snprintf(ctx, 24, "%s", db_row_null(row, 0) ? "" : db_row_text(row, 0, NULL));
}

static int
again(struct ctl *ctl, const struct ctl_args *a)
{
	char last[24] = "0";
	struct err e;
	long cases_done = 0;
	int status;
	struct sync *db = ctl_db_patient(ctl, CHECK_MS, &status);

	(void)a;
	while (db != NULL && *last) {
		if (!sync_run(db, SQL_REPORT_AGAIN, (struct db_param[]){ DB_TEXT(last), DB_TEXT("2000") }, 2, on_last, last, &e))
			return ctl_fail_database(&e);
		cases_done += *last ? 1 : 0;
	}
	if (db == NULL)
		return status;
	print_said(ctl, "counted again, %ld bites of 2000 cases", cases_done);
	return EXIT_DONE;
}

static const struct ctl_option report_options[] = {
	{ "unit", "CODE", "only what this unit and those below it had", WORDS_NONE },
	{ "csv", NULL, "rows for a spreadsheet", WORDS_NONE },
	{ "bom", NULL, "with --csv: begin with a byte order mark", WORDS_NONE },
	{ "html", NULL, "one page with charts that needs nothing else", WORDS_NONE },
	{ "lang", "LANG", "zh or en; without it, as the console chooses", WORDS_NONE },
	{ "width", "CELLS", "of the text, 80 to 200; without it, the terminal's", WORDS_NONE }, { .name = NULL }
}, cases_options[] = {
	{ "by", "WHAT", "channel, type, area, unit, item, priority, shift, hour, weekhour, day or month", WORDS_NONE },
	{ "key", "KEY", "which of them", WORDS_NONE },
	{ "to", "DATE", "last day; without it, the day alone", WORDS_NONE },
	{ "unit", "CODE", "only what this unit and those below it had", WORDS_NONE },
	{ "limit", "N", "at most so many", WORDS_NONE }, { .name = NULL }
}, check_options[] = {
	{ "from", "DATE", "from this day on", WORDS_NONE }, { "to", "DATE", "up to this day", WORDS_NONE }, { .name = NULL }
};

const struct command report_commands[] = {
	{ "report day", "DATE", "the day in figures, beside the day before", report_options, 1, 1, WORDS_NONE, report_day },
	{ "report week", "DATE", "the week around a day, Monday to Sunday", report_options, 1, 1, WORDS_NONE, report_week },
	{ "report month", "DATE", "the month around a day", report_options, 1, 1, WORDS_NONE, report_month },
	{ "report cases", "FIGURE DATE", "the cases that a count is made of", cases_options, 2, 2, WORDS_NONE, cases },
	{ "report check", "", "make facts and sums again out of the event log and say what differs", check_options, 0, 0, WORDS_NONE, check },
	{ "report again", "", "count every case again, after the calendar or the gazetteer was corrected", NULL, 0, 0, WORDS_NONE, again },
	{ .name = NULL }
};
