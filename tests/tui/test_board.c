/*
 * The time board and the wall: golden screens at three sizes, and what they must never do: ask PostgreSQL because time passes, work while
 * nothing changes, act on a case that time has put under the cursor, or show a person on a wall.
 */
#include "tests/tui/golden.h"
#include "tui/times.h"

#define MINUTE (60 * USEC_S)

static const struct { int rows, cols; } sizes[] = { { 24, 80 }, { 40, 120 }, { 60, 200 } };
static const char *const languages[] = { "zh_CN", "en" };

static void paint_at(struct fake *f, usec_t now)
{
	while (console_settle(f->c, f->mono))
		;
	console_render(f->c, &f->grid, now);
	console_painted(f->c, f->mono);
}

/* Beside the ten that wait: some that units have, spread over the day. */
static void with_units(struct fake *f)
{
	static const char *const units[] = { "zhujian", "jiaotong", "shengtai", "chengguan", "kzjd" };

	for (int i = 0; i < 30; i++) {
		struct summary s = fake_summary(i % FAKE_CASES, 1);

		s.no = fake_no(100 + i);
		s.version = 1;
		s.flags = 0;
		s.owner = "";
		s.stage = i % 2 ? STAGE_HANDLING : STAGE_DISPATCHED;
		s.unit = units[i * i % 5];
		s.clock = i % 3 ? "handle" : "contact";
		s.due_at = FAKE_NOW + (i * 37 % 60 - 4) * 5 * MINUTE - i * 11 * USEC_S;
		s.due_at += i * 37 % 60 >= 4 ? 12 * MINUTE : 0; /* none within the first minutes: those are the desk's */
		s.rank_at = s.due_at;
		if (i == 7) { /* nobody is late for what only the citizen can do */
			s.stage = STAGE_RESOLVED;
			s.clock = "rate";
			s.due_at = FAKE_NOW - MINUTE;
		}
		console_apply(f->c, &s);
	}
	fake_paint(f);
}

static struct fake *board_new_at(int rows, int cols, const char *keys)
{
	struct fake *f = fake_new(rows, cols, NULL);

	f->c->who.role = ROLE_SUPERVISOR;
	with_units(f);
	fake_type(f, "gb");
	fake_type(f, keys);
	return f;
}

static const struct scene { const char *name, *keys; } scenes[] = {
	{ "board", "" }, { "board-held", "jj" }, { "board-predicted", "\tj" }, { "board-unit", "\t\t\t" }, { "board-shift", "\t\t\t\t\t" }, { "board-cases", "\t\t\tj\n" },
};

static void golden_boards(void **state)
{
	char name[128];

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		fake_language(languages[l]);
		for (size_t s = 0; s < sizeof scenes / sizeof scenes[0]; s++)
			for (size_t z = 0; z < 3; z++) {
				struct fake *f = board_new_at(sizes[z].rows, sizes[z].cols, scenes[s].keys);

				snprintf(name, sizeof name, "%s-%dx%d-%s", scenes[s].name, sizes[z].cols, sizes[z].rows, languages[l]);
				golden_check(f, name);
				fake_free(f);
			}
	}
}

static struct fake *wall_new(int rows, int cols)
{
	struct fake *f = fake_new(rows, cols, NULL);

	f->c->who.role = ROLE_SUPERVISOR;
	with_units(f);
	f->c->wall = true;
	console_command(f->c, COMMAND_WALL);
	fake_paint(f);
	return f;
}

static void golden_walls(void **state)
{
	char name[128];

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		fake_language(languages[l]);
		for (size_t z = 0; z < 3; z++) {
			struct fake *f = wall_new(sizes[z].rows, sizes[z].cols);

			snprintf(name, sizeof name, "wall-%dx%d-%s", sizes[z].cols, sizes[z].rows, languages[l]);
			golden_check(f, name);
			console_links(f->c, LINK_DOWN, LINK_DOWN, "connection refused");
			fake_paint(f);
			paint_at(f, FAKE_NOW + 2 * MINUTE);
			snprintf(name, sizeof name, "wall-no-database-%dx%d-%s", sizes[z].cols, sizes[z].rows, languages[l]);
			golden_check(f, name);
			fake_free(f);
		}
	}
}

static void nobody_on_the_wall(void **state)
{
	static const char *const never[] = { "lisi", "zhangsan", "张三", "航城", "西乡", "燃气", "拖欠", "A very long" };

	(void)state;
	fake_language("zh_CN");
	for (size_t z = 0; z < 3; z++) {
		struct fake *f = wall_new(sizes[z].rows, sizes[z].cols);

		for (int minute = 0; minute < 8; minute++) { /* all the turns it takes */
			paint_at(f, FAKE_NOW + minute * 15 * USEC_S);
			for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
				assert_false(fake_sees(f, never[i]));
		}
		fake_free(f);
	}
}

/* Whoever brushes past the keyboard does nothing; the idle lock leaves it alone; q ends what was started with --wall. */
static void no_keys_needed(void **state)
{
	struct fake *f;
	struct buf before = { 0 }, after = { 0 };

	(void)state;
	fake_language("zh_CN");
	f = wall_new(24, 80);
	grid_dump(&f->grid, &before);
	fake_type(f, "123jo:\n gm\tA");
	grid_dump(&f->grid, &after);
	assert_string_equal(buf_text(&before), buf_text(&after));
	assert_int_equal(f->acts, 0);
	fake_key(f, 'q');
	assert_int_equal(f->last_effect, EFFECT_QUIT);
	assert_string_equal(f->effect, "release");
	f->c->wall = false; /* opened with :wall it only closes */
	fake_key(f, 'q');
	assert_false(f->c->depth > 1);
	fake_free(f);
	buf_free(&before);
	buf_free(&after);
	f = fake_new(24, 80, NULL);
	f->c->who.role = ROLE_UNIT;
	console_command(f->c, COMMAND_WALL);
	assert_int_equal(f->c->depth, 1);
	fake_free(f);
}

/* The screen-burn shift moves the whole picture, and never draws beyond the screen. */
static void it_wanders(void **state)
{
	struct fake *f;

	(void)state;
	fake_language("zh_CN");
	f = wall_new(24, 80);
	f->c->wall_shift = MINUTE;
	for (int i = 0; i < 4; i++) {
		paint_at(f, (FAKE_NOW / (4 * MINUTE) * 4 + i) * MINUTE);
		assert_int_equal(grid_at(&f->grid, i / 2, i == 1 || i == 2)->style, ST_TOP);
		assert_int_equal(grid_at(&f->grid, i / 2, !(i == 1 || i == 2) ? 79 : 0)->style == ST_TOP, false);
	}
	fake_free(f);
}

/* A case becomes late: the number changes with the second it happens in, without a word from PostgreSQL; and the whole past is asked for once. */
static void time_alone(void **state)
{
	struct fake *f;
	size_t late;

	(void)state;
	fake_language("zh_CN");
	f = board_new_at(40, 120, "");
	late = f->c->counts[VIEW_OVERDUE];
	assert_int_equal(f->flows_asked, 1);
	int shows = f->shows;
	for (int s = 0; s < 260; s++)
		paint_at(f, FAKE_NOW + s * USEC_S);
	assert_int_equal(f->c->counts[VIEW_OVERDUE], late + 1); /* the first is due after 252 s */
	assert_true(fake_sees(f, "-00:07"));
	assert_int_equal(f->flows_asked, 1);
	assert_int_equal(f->shows, shows);
	console_loaded(f->c); /* another snapshot: what came and went meanwhile is known to PostgreSQL only */
	fake_paint(f);
	assert_int_equal(f->flows_asked, 2);
	fake_free(f);
}

/* News alone are not painted at once, danger to life is; a key is. */
static void at_rest(void **state)
{
	struct fake *f;
	struct summary s;

	(void)state;
	fake_language("zh_CN");
	f = board_new_at(24, 80, "");
	assert_false(f->c->dirty);
	s = fake_summary(4, 2);
	console_news(f->c, &s, "note", "lisi");
	assert_false(f->c->dirty);
	s = fake_summary(0, 1);
	s.no = fake_no(500);
	console_news(f->c, &s, "create", "");
	assert_true(f->c->dirty);
	fake_paint(f);
	assert_true(fake_sees(f, "危及生命"));
	fake_free(f);
}

/* What time puts under the cursor is not the cursor's case. */
static void only_what_was_chosen(void **state)
{
	struct fake *f;
	case_no no;

	(void)state;
	fake_language("zh_CN");
	f = board_new_at(24, 80, "");
	assert_int_equal(console_subject(f->c), 0);
	fake_type(f, "P"); /* there is no case to change the priority of */
	assert_int_equal(f->acts, 0);
	fake_key(f, 'j');
	no = console_subject(f->c);
	assert_int_equal(no, fake_no(1)); /* due in 4:12 */
	paint_at(f, FAKE_NOW + 20 * MINUTE);
	assert_int_equal(console_subject(f->c), no);
	fake_key(f, 27);
	assert_int_equal(console_subject(f->c), 0);
	fake_key(f, 27);
	assert_int_equal(f->c->depth, 1);
	fake_free(f);
}

/* From a figure to its cases to a decision, and the list goes on by itself. */
static void acting_on_what_is_behind(void **state)
{
	struct fake *f;
	char act[64], no[14];
	struct summary s;

	(void)state;
	fake_language("zh_CN");
	f = board_new_at(24, 80, "\t\t\n"); /* the cases of the desk */
	assert_ptr_equal(console_top(f->c)->view, &view_behind);
	assert_int_equal(console_subject(f->c), fake_no(3)); /* the one that is late stands first */
	fake_type(f, "j");
	fake_paint(f);
	assert_int_equal(console_subject(f->c), fake_no(1));
	f->mono += USEC_S;
	fake_key(f, '1');
	number_plain(fake_no(1), no);
	snprintf(act, sizeof act, "confirm {%s}", no);
	assert_int_equal(strncmp(f->act, act, strlen(act)), 0);
	assert_ptr_equal(console_top(f->c)->view, &view_behind);
	s = fake_summary(0, 3);
	s.stage = STAGE_DISPATCHED;
	s.unit = "zhujian";
	console_news(f->c, &s, "confirm", "zhangsan");
	fake_paint(f);
	assert_int_equal(console_subject(f->c), fake_no(2)); /* what stood below it */
	fake_key(f, '\n');
	assert_ptr_equal(console_top(f->c)->view, &view_detail);
	fake_key(f, 27);
	fake_key(f, 27);
	assert_ptr_equal(console_top(f->c)->view, &view_board);
	fake_free(f);
}

/* Danger to life is one key away, and the banner goes with the last of it. */
static void danger_first(void **state)
{
	struct fake *f;
	struct summary s;

	(void)state;
	fake_language("zh_CN");
	f = board_new_at(24, 80, "0");
	assert_ptr_equal(console_top(f->c)->view, &view_behind);
	assert_int_equal(console_subject(f->c), fake_no(1));
	s = fake_summary(0, 5);
	s.stage = STAGE_DISPATCHED;
	s.unit = "zhujian";
	console_news(f->c, &s, "confirm", "lisi");
	fake_paint(f);
	assert_int_equal(console_subject(f->c), 0);
	fake_key(f, 27);
	paint_at(f, FAKE_NOW + USEC_S);
	assert_false(fake_sees(f, "尚未派到单位"));
	fake_key(f, '0'); /* nothing to show: nothing happens */
	assert_ptr_equal(console_top(f->c)->view, &view_board);
	fake_free(f);
}

/* Wide characters at every edge, at every size: no row is wider than the screen, none holds half a character. */
static void any_size(void **state)
{
	(void)state;
	fake_language("zh_CN");
	for (int cols = 20; cols <= 230; cols += 21)
		for (int rows = 6; rows <= 66; rows += 10)
			for (int wall = 0; wall < 2; wall++) {
				struct fake *f = wall ? wall_new(rows, cols) : board_new_at(rows, cols, "\t\t\t");

				for (int r = 0; r < rows; r++)
					for (int c = 0; c < cols; c++) {
						const struct cell *cell = grid_at(&f->grid, r, c);

						if (cell->width == 2)
							assert_true(c + 1 < cols && cell[1].width == 0);
						assert_true(cell->width == 0 || cell->cp[0] >= ' ');
					}
				fake_free(f);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_boards), cmocka_unit_test(golden_walls), cmocka_unit_test(nobody_on_the_wall), cmocka_unit_test(no_keys_needed),
		cmocka_unit_test(it_wanders), cmocka_unit_test(time_alone), cmocka_unit_test(at_rest), cmocka_unit_test(only_what_was_chosen),
		cmocka_unit_test(acting_on_what_is_behind), cmocka_unit_test(danger_first), cmocka_unit_test(any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
