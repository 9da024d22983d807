/*
 * What comes late: an answer while the screen is locked, a list read anew between a question and its answer, a row that slides under the
 * cursor. PostgreSQL answers here when the test says so.
 */
#include "tests/tui/fake.h"
#include "tui/dialog.h"
#include "tui/papers.h"
#include "tui/times.h"
#include "tui/views.h"

extern const struct view view_lock, view_prompt, view_leaders, view_handover, view_shift, view_hot, view_visits, view_wall;

/* --- a PostgreSQL that waits ---------------------------------------------------------------------------------------- */

enum { ASKED_MAX = 64 };
struct asked { enum statement s; port_row_fn row; port_done_fn done; void *who; };
static struct world { struct asked asked[ASKED_MAX]; int n; char sent[400]; } world;

static uint64_t hold(void *ctx, enum statement s, const char *const *args, int nargs, port_row_fn row, port_done_fn done, void *who)
{
	struct world *w = ctx;
	size_t at = (size_t)snprintf(w->sent, sizeof w->sent, "%s", statement_table[s].name);

	for (int i = 0; i < nargs; i++)
		at += (size_t)snprintf(w->sent + at, sizeof w->sent - at, " %s", args[i] ? args[i] : "-");
	assert_true(w->n < ASKED_MAX);
	w->asked[w->n++] = (struct asked){ s, row, done, who };
	return (uint64_t)w->n;
}

static void forget(void *ctx, uint64_t handle)
{
	((struct world *)ctx)->asked[handle - 1].done = NULL;
}

/* The newest question of this kind, which is answered now. */
static struct asked newest(enum statement s)
{
	for (int i = world.n - 1; i >= 0; i--) {
		struct asked a = world.asked[i];

		if (a.s == s && a.done) {
			world.asked[i].done = NULL;
			return a;
		}
	}
	fail_msg("%s was not asked", statement_table[s].name);
	return (struct asked){ .s = s };
}

/* … with these rows, each of one column. */
static void answer(enum statement s, const char *const *rows, int n)
{
	struct asked a = newest(s);

	for (int r = 0; r < n; r++)
		a.row(a.who, 1, &rows[r]);
	a.done(a.who, NULL, (size_t)n);
}
#define ANSWER(s, ...) answer(s, (const char *const[]){ __VA_ARGS__ }, (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)))

static void effect(void *ctx, enum effect e, const char *text) { (void)ctx, (void)e, (void)text; }
static void recommend(void *ctx, const char *json, port_said_fn said, void *who) { (void)ctx, (void)json, (void)said, (void)who; }

static struct fake *waiting(const struct view *v)
{
	static const struct port port = { hold, forget, fake_refresh, effect, recommend };
	struct fake *f = fake_new(24, 80, NULL);

	world = (struct world){ .n = 0 };
	f->c->who.role = ROLE_SUPERVISOR;
	f->c->port = &port;
	f->c->port_ctx = &world;
	if (v)
		console_open(f->c, v, NULL);
	fake_paint(f);
	return f;
}

/* What nobody has answered fails, as it does when the connection goes. */
static void over(struct fake *f)
{
	struct err gone;

	err_set(&gone, ERR_UNAVAILABLE, "", "the connection is gone");
	for (int i = 0; i < world.n; i++)
		if (world.asked[i].done) {
			port_done_fn done = world.asked[i].done;

			world.asked[i].done = NULL;
			done(world.asked[i].who, &gone, 0);
		}
	fake_free(f);
}

/* --- the lock ------------------------------------------------------------------------------------------------------- */

static int answers;
static char last[64];
static void on_answer(struct console *c, void *ctx, const char *value)
{
	(void)c, (void)ctx;
	answers++;
	snprintf(last, sizeof last, "%s", value ? value : "(none)");
}

static bool is_top(struct fake *f, const struct view *v)
{
	return console_top(f->c)->view == v;
}

static void a_question_waits_below_the_lock(void **state)
{
	struct fake *f = waiting(NULL);

	(void)state;
	answers = 0;
	lock_now_idle(f->c);
	dialog_prompt(f->c, &(struct dialog_prompt){ .title = "where is it kept?" }, on_answer, NULL);
	fake_type(f, "secret"); /* the password, typed blindly: not into the question, and not to be seen */
	assert_true(is_top(f, &view_lock));
	assert_false(fake_sees(f, "where is it kept?"));
	assert_false(fake_sees(f, "secret"));
	fake_key(f, KEYMAP_F0 + 2); /* nor is it sent off from under the lock */
	assert_int_equal(answers, 0);
	fake_key(f, '\n');
	console_password(f->c, true, NULL);
	fake_paint(f);
	assert_true(fake_sees(f, "where is it kept?"));
	fake_type(f, "here\n");
	assert_int_equal(answers, 1);
	assert_string_equal(last, "here");
	over(f);
}

/* The answer about the password and a question come in either order: the lock can be opened, and tried again. */
static void a_question_while_the_password_is_checked(void **state)
{
	struct fake *f = waiting(NULL);

	(void)state;
	answers = 0;
	lock_now_idle(f->c);
	fake_type(f, "wrong\n");
	dialog_prompt(f->c, &(struct dialog_prompt){ .title = "a letter" }, on_answer, NULL);
	console_password(f->c, false, NULL);
	fake_paint(f);
	assert_true(f->c->locked && is_top(f, &view_lock));
	fake_type(f, "right\n");
	dialog_prompt(f->c, &(struct dialog_prompt){ .title = "another" }, on_answer, NULL);
	console_password(f->c, true, NULL);
	assert_false(f->c->locked);
	assert_true(is_top(f, &view_prompt));
	over(f);
}

/* A file was being read when the screen was locked. */
static void a_file_that_was_read_under_the_lock(void **state)
{
	char path[] = "/tmp/fenbo-late-XXXXXX";
	int fd = mkstemp(path);
	struct fake *f = waiting(NULL);
	const case_no no = fake_no(1);
	struct deed *d = deed_for(f->c, ACTION_PROGRESS, &no, 1);

	(void)state;
	assert_non_null(d);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	report_start(f->c, d);
	fake_key(f, KEYMAP_F0 + 6);
	fake_type(f, path);
	console_key(f->c, &(struct key){ .code = '\n' }, f->mono); /* not painted: it is still to be read */
	lock_now_idle(f->c);
	fake_paint(f);
	assert_true(is_top(f, &view_lock));
	assert_false(fake_sees(f, "https://"));
	console_password(f->c, true, NULL);
	fake_paint(f);
	assert_true(fake_sees(f, "https://"));
	unlink(path);
	over(f);
}

/* A wall put up from somebody's console hides him, but does not stand guard: when it was up for long, the password is asked for below it. */
static void the_wall_is_no_way_round_the_lock(void **state)
{
	struct fake *f = waiting(&view_wall);

	(void)state;
	lock_now_idle(f->c);
	assert_true(is_top(f, &view_wall) && !f->c->locked);
	fake_key(f, 'q');
	assert_true(is_top(f, &view_lock) && f->c->locked);
	console_password(f->c, true, NULL);
	assert_false(f->c->locked);
	console_open(f->c, &view_wall, NULL); /* taken down again at once */
	fake_key(f, 'q');
	assert_false(f->c->locked);
	over(f);
}

/* What cannot be asked says so to whoever wanted to know: it holds things that must be freed. */
static void too_many_questions(void **state)
{
	struct fake *f = waiting(NULL);

	(void)state;
	answers = 0;
	while (f->c->depth < STACK_MAX)
		dialog_prompt(f->c, &(struct dialog_prompt){ .title = "one" }, on_answer, NULL);
	assert_int_equal(answers, 0);
	dialog_prompt(f->c, &(struct dialog_prompt){ .title = "one more" }, on_answer, NULL);
	dialog_yes(f->c, "one more", NULL, "yes", "no", on_answer, NULL);
	assert_int_equal(answers, 2);
	assert_string_equal(last, "(none)");
	over(f);
}

/* --- lists ---------------------------------------------------------------------------------------------------------- */

static void a_text_goes_to_the_bulletin_it_was_written_for(void **state)
{
	static const char old[] = "{\"bulletin\":12,\"version\":3,\"title\":\"twelve\",\"text\":\"t\",\"published_at\":null}",
	    edited[] = "{\"bulletin\":12,\"version\":4,\"title\":\"twelve\",\"text\":\"theirs\",\"published_at\":null}",
	    fresh[] = "{\"bulletin\":13,\"version\":1,\"title\":\"thirteen\",\"text\":\"u\",\"published_at\":null}";
	struct fake *f = waiting(&view_leaders);

	(void)state;
	answer(SQL_LEADERS_SHOW, NULL, 0);
	answer(SQL_INSTRUCTIONS, NULL, 0);
	ANSWER(SQL_BULLETINS, old);
	fake_type(f, "\t\t");
	f->mono += 30 * USEC_S;
	fake_paint(f); /* read anew … */
	fake_type(f, ";!");
	ANSWER(SQL_BULLETINS, fresh, edited); /* … and answered while the text is written */
	fake_key(f, KEYMAP_F0 + 2);
	assert_string_equal(world.sent, "bulletin_edit 12 3 - t!"); /* the version that was seen: theirs is not overwritten */
	fake_paint(f);
	fake_type(f, "-1"); /* the cursor has stayed on it; dropping asks first */
	assert_string_equal(world.sent, "bulletin_drop 12 4");
	over(f);
}

static void an_item_is_dropped_by_its_number(void **state)
{
	static const char old[] = "{\"id\":4,\"version\":2,\"state\":\"draft\",\"items\":[{\"n\":1,\"kind\":\"late\",\"state\":\"open\"},{\"n\":2,\"kind\":\"held\",\"state\":\"open\"}]}",
	    fresh[] = "{\"id\":4,\"version\":3,\"state\":\"draft\",\"items\":[{\"n\":3,\"kind\":\"danger\",\"state\":\"open\"},{\"n\":1,\"kind\":\"late\",\"state\":\"open\"},"
	    "{\"n\":2,\"kind\":\"held\",\"state\":\"open\"}]}";
	struct fake *f = waiting(&view_handover);

	(void)state;
	ANSWER(SQL_HANDOVER_SHOW, old);
	answer(SQL_HANDOVER_LIST, NULL, 0);
	fake_type(f, "j");
	f->mono += 30 * USEC_S;
	fake_paint(f);
	fake_type(f, "-why");
	ANSWER(SQL_HANDOVER_SHOW, fresh);
	fake_key(f, '\n');
	assert_string_equal(world.sent, "handover_edit 4 2 drop 2 why -");
	fake_type(f, ";\n"); /* may be empty */
	assert_string_equal(world.sent, "handover_edit 4 3 remark 2  -");
	over(f);
}

static void attendance_is_corrected_of_who_was_meant(void **state)
{
	static const char zhang[] = "{\"day\":\"2026-11-22\",\"shift\":\"2\",\"account\":\"zhang\",\"person\":\"张\",\"state\":\"present\"}",
	    li[] = "{\"day\":\"2026-11-22\",\"shift\":\"2\",\"account\":\"li\",\"person\":\"李\",\"state\":\"present\"}";
	struct fake *f = waiting(&view_shift);

	(void)state;
	answer(SQL_SHIFT_ON, NULL, 0);
	ANSWER(SQL_ATTENDANCE_LIST, zhang);
	fake_type(f, "\t\t\t");
	f->mono += 30 * USEC_S;
	fake_paint(f);
	fake_type(f, ";4"); /* absent */
	ANSWER(SQL_ATTENDANCE_LIST, li, zhang);
	fake_type(f, "why\n");
	assert_string_equal(world.sent, "attendance_correct 2026-11-22 2 zhang absent why");
	over(f);
}

static void what_waits_is_decided_by_its_own_line(void **state)
{
	static const char one[] = "{\"id\":1,\"account\":\"a\",\"other\":\"b\",\"state\":\"agreed\"}", two[] = "{\"id\":2,\"account\":\"a\",\"other\":\"b\",\"state\":\"agreed\"}",
	    leave[] = "{\"id\":2,\"account\":\"c\",\"kind\":\"sick\",\"state\":\"asked\"}";
	struct fake *f = waiting(&view_shift);

	(void)state;
	answer(SQL_SHIFT_ON, NULL, 0);
	ANSWER(SQL_SHIFT_SWAPS, one, two);
	ANSWER(SQL_SHIFT_LEAVES, leave);
	fake_type(f, "\t\tG");
	f->mono += 30 * USEC_S;
	fake_paint(f);
	ANSWER(SQL_SHIFT_SWAPS, two); /* one of the swaps is settled: the leave slides up */
	console_key(f->c, &(struct key){ .code = '-' }, f->mono);
	assert_string_equal(world.sent, "shift_leave 2 refuse -");
	ANSWER(SQL_SHIFT_LEAVE, "");
	answer(SQL_SHIFT_LEAVES, NULL, 0); /* and then it is gone: a key that comes just then decides nothing */
	world.sent[0] = '\0';
	console_key(f->c, &(struct key){ .code = '+' }, f->mono + 100000);
	assert_string_equal(world.sent, "");
	console_key(f->c, &(struct key){ .code = '+' }, f->mono + USEC_S);
	assert_string_equal(world.sent, "shift_swap 2 approve -");
	over(f);
}

static void spot(enum statement s, const char *const *ids, int n)
{
	struct asked a = newest(s);

	for (int r = 0; r < n; r++)
		a.row(a.who, 21, (const char *[]){ ids[r], "SD", "燃气", "0", "P", "街道", "0", "f", "2026-11-22 17:20:00+08", "2026-11-22 17:42:00+08", "",
		    "2026-11-22 17:02:10+08", "3600", "11", "9", "0.04", "14.2", "", "", "", "" });
	a.done(a.who, NULL, (size_t)n);
}

static void a_hot_spot_is_settled_by_its_number(void **state)
{
	struct fake *f = waiting(&view_hot);

	(void)state;
	spot(SQL_HOTSPOT_LIST, (const char *[]){ "7", "6" }, 2);
	answer(SQL_HEAT_TABLE, NULL, 0);
	fake_type(f, "j");
	f->mono += 30 * USEC_S;
	fake_paint(f);
	spot(SQL_HOTSPOT_LIST, (const char *[]){ "8", "7", "6" }, 3);
	console_key(f->c, &(struct key){ .code = 'x' }, f->mono);
	assert_string_equal(world.sent, "hotspot_settle 6 nothing -");
	ANSWER(SQL_HOTSPOT_SETTLE, "");
	spot(SQL_HOTSPOT_LIST, (const char *[]){ "9", "8", "7" }, 3); /* 6 is gone, 7 stands in its place */
	world.sent[0] = '\0';
	console_key(f->c, &(struct key){ .code = 'r' }, f->mono + 100000);
	assert_string_equal(world.sent, "");
	console_key(f->c, &(struct key){ .code = 'r' }, f->mono + USEC_S);
	assert_string_equal(world.sent, "hotspot_settle 7 real -");
	over(f);
}

static int times_asked(enum statement s)
{
	int n = 0;

	for (int i = 0; i < world.n; i++)
		n += world.asked[i].s == s;
	return n;
}

/* A case that has closed meanwhile has no facts: that is an answer, and not a reason to ask at every turn. */
static void nothing_is_an_answer(void **state)
{
	struct fake *f = waiting(NULL);

	(void)state;
	view_queue_tab(f->c, VIEW_RETURNED);
	fake_paint(f);
	assert_int_equal(times_asked(SQL_QUEUE_FACTS), 1);
	answer(SQL_QUEUE_FACTS, NULL, 0);
	fake_paint(f);
	fake_paint(f);
	assert_int_equal(times_asked(SQL_QUEUE_FACTS), 1);
	over(f);
}

/* The hours of the shifts are asked for again while the answer before is on its way: no line stands there twice. */
static void shifts_stand_there_once(void **state)
{
	struct fake *f = waiting(NULL);
	struct asked a = { 0 };

	(void)state;
	assert_non_null(times_need(f->c));
	fake_paint(f);
	ANSWER(SQL_FLOW, "");
	console_loaded(f->c);
	fake_paint(f);
	fake_paint(f);
	for (int i = 0; i < world.n; i++)
		if (world.asked[i].s == SQL_SHIFT_HOURS && world.asked[i].done) {
			a = world.asked[i];
			for (int k = 0; k < 2; k++)
				a.row(a.who, 4, (const char *[]){ k ? "b" : "a", "x", "0", "720" });
			world.asked[i].done = NULL;
			a.done(a.who, NULL, 2);
		}
	assert_int_equal(f->c->times->shifts.n, 2);
	over(f);
}

/* Questions of this kind that nobody has answered, nor taken back. */
static int open_questions(enum statement s)
{
	int n = 0;

	for (int i = 0; i < world.n; i++)
		n += world.asked[i].s == s && world.asked[i].done != NULL;
	return n;
}

/* Two deals, one after the other, and the view left before either was done: both go out, and what came of each is said. */
static void dealing_outlives_its_view(void **state)
{
	static const char one[] = "{\"id\":\"2611220000017\",\"account\":\"lisi\",\"person\":\"李四\",\"held\":3}", none[] = "{\"id\":\"2611220000017\",\"held\":null}";
	struct fake *f = waiting(&view_shift);
	struct asked deal[2];
	int at[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		fake_type(f, ".\n");
		ANSWER(SQL_SHIFT_DEAL, one); /* the look, which is the newest */
		fake_paint(f);
		fake_paint(f);
		fake_type(f, "1");
		assert_string_equal(world.sent, "shift_deal - false {2611220000017} {\"lisi\"}");
		deal[i] = world.asked[world.n - 1];
		assert_int_equal(deal[i].s, SQL_SHIFT_DEAL);
		at[i] = world.n - 1;
	}
	fake_type(f, "\033");
	assert_false(is_top(f, &view_shift));
	for (int i = 0; i < 2; i++) {
		assert_non_null(world.asked[at[i]].done);
		deal[i].row(deal[i].who, 1, (const char *[]){ i ? one : none });
		world.asked[at[i]].done = NULL;
		deal[i].done(deal[i].who, NULL, 1);
		assert_non_null(strstr(f->c->message.text, i ? "dealt out · u takes it back" : "0 of 1 dealt out"));
	}
	over(f);
}

/* Without PostgreSQL nothing is asked; once it is back, what was due is. */
static void visits_wait_for_the_link(void **state)
{
	static const char one[] = "{\"id\":\"2611220000017\",\"why\":\"reply\"}";
	struct fake *f = waiting(&view_visits);
	struct summary s = fake_summary(1, 2);

	(void)state;
	ANSWER(SQL_VISITS, one);
	s.no = 2611220000017;
	f->mono += 30 * USEC_S;
	fake_paint(f);
	console_links(f->c, LINK_DOWN, LINK_UP, "gone");
	console_apply(f->c, &s);
	fake_paint(f);
	assert_int_equal(open_questions(SQL_VISITS), 0);
	console_links(f->c, LINK_UP, LINK_UP, "");
	fake_paint(f);
	assert_int_equal(open_questions(SQL_VISITS), 1);
	over(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_waits_below_the_lock), cmocka_unit_test(a_question_while_the_password_is_checked),
		cmocka_unit_test(a_file_that_was_read_under_the_lock), cmocka_unit_test(the_wall_is_no_way_round_the_lock), cmocka_unit_test(too_many_questions),
		cmocka_unit_test(a_text_goes_to_the_bulletin_it_was_written_for), cmocka_unit_test(an_item_is_dropped_by_its_number),
		cmocka_unit_test(attendance_is_corrected_of_who_was_meant), cmocka_unit_test(what_waits_is_decided_by_its_own_line),
		cmocka_unit_test(a_hot_spot_is_settled_by_its_number), cmocka_unit_test(nothing_is_an_answer), cmocka_unit_test(shifts_stand_there_once),
		cmocka_unit_test(dealing_outlives_its_view), cmocka_unit_test(visits_wait_for_the_link),
	};

	fake_language("en");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
