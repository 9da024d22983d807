#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "conf/ini.h"
#include "conf/options.h"

static char path[64];

static int set_up(void **state)
{
	(void)state;
	unsetenv("FENBO_CONFIG");
	unsetenv("FENBO_DATABASE_URL");
	unsetenv("FENBO_URL");
	unsetenv("FENBO_KEY_FILE");
	strcpy(path, "/tmp/fenbo-options-XXXXXX");
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static bool says(const struct err_list *errs, int line, const char *field, const char *message)
{
	for (size_t i = 0; i < errs->count; i++)
		if (errs->items[i].err.line == line && strcmp(errs->items[i].err.field, field) == 0 &&
		    strstr(errs->items[i].err.message, message))
			return true;
	for (size_t i = 0; i < errs->count; i++)
		print_message(
		    "%d %s: %s\n", errs->items[i].err.line, errs->items[i].err.field, errs->items[i].err.message);
	return false;
}

/* The shipped file says what the defaults are, every one of them. */
static void shipped_file_is_the_defaults(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;
	struct ini *ini = ini_load("conf/fenbo.ini", &errs);

	(void)state;
	assert_non_null(ini);
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct ini_entry *e = ini_find(ini, option_table[i].section, option_table[i].key);
		if (!e)
			fail_msg("[%s] %s is not in conf/fenbo.ini", option_table[i].section, option_table[i].key);
		if (option_table[i].type != OPTION_TIME)
			assert_string_equal(e->value, option_table[i].def);
	}
	ini_free(ini);
	assert_true(conf_load("conf/fenbo.ini", &c, &errs));
	assert_int_equal(c.listen_port, 8311);
	assert_int_equal(c.listen_idle, 60000);
	assert_int_equal(c.feed_buffer, 4 << 20);
	assert_false(c.console_mouse);
	assert_string_equal(c.console_theme, "auto");
	assert_int_equal(c.nkeys, 0);
	conf_free(&c);
}

static void values_of_each_type(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;

	(void)state;
	put("[database]\nurl = host=a,b port=5432 target_session_attrs=read-write\nsilence = 1s500ms\n[listen]\nport = 0\n"
	    "[log]\nlevel = debug\nfile = /var/log/fenbo.log\n[feed]\nbuffer = 64KiB\n[console]\nmouse = yes\n[keys]\nclaim = F19\n");
	assert_true(conf_load(path, &c, &errs));
	assert_string_equal(c.database_url, "host=a,b port=5432 target_session_attrs=read-write");
	assert_int_equal(c.database_silence, 1500);
	assert_int_equal(c.listen_port, 0);
	assert_string_equal(c.log_level, "debug");
	assert_string_equal(c.log_file, "/var/log/fenbo.log");
	assert_int_equal(c.feed_buffer, 65536);
	assert_true(c.console_mouse);
	assert_int_equal(c.nkeys, 1);
	assert_string_equal(c.keys[0].name, "claim");
	assert_int_equal(c.keys[0].line, 14);
	assert_string_equal(c.path, path);
	conf_free(&c);
}

static void everything_wrong_at_once(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;

	(void)state;
	put("[listen]\nport = 12abc\naddres = ::1\n[databse]\nurl = x\n[feed]\npoll = 20\nbuffer = 1KiB\n[console]\nmouse = perhaps\n"
	    "theme = pink\n[log]\nfile = relative.log\n[workers]\ndatabase = 65\n[database]\nurl =\n");
	assert_false(conf_load(path, &c, &errs));
	assert_true(says(&errs, 2, "listen.port", "from 0 to 65535"));
	assert_true(says(&errs, 3, "listen.addres", "address, port, tls_cert"));
	assert_true(says(&errs, 4, "databse", "unknown section"));
	assert_true(says(&errs, 7, "feed.poll", "250ms"));
	assert_true(says(&errs, 8, "feed.buffer", "from 65536"));
	assert_true(says(&errs, 10, "console.mouse", "yes or no"));
	assert_true(says(&errs, 11, "console.theme", "auto|dark|safe|light|mono"));
	assert_true(says(&errs, 13, "log.file", "absolute path"));
	assert_true(says(&errs, 15, "workers.database", "from 1 to 64"));
	assert_true(says(&errs, 17, "database.url", "cannot be empty"));
	assert_int_equal(errs.count, 10);
	for (size_t i = 1; i < errs.count; i++)
		assert_true(errs.items[i - 1].err.line <= errs.items[i].err.line);
	char shown[400];
	err_item_show(&errs.items[0], shown, sizeof shown);
	assert_non_null(strstr(shown, ":2: listen.port: expected a whole number"));
	assert_null(c.database_url); /* all zero */
	err_list_free(&errs);
}

static void the_environment_has_the_last_word(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;

	(void)state;
	put("[database]\nurl = host=file\n");
	setenv("FENBO_CONFIG", path, 1);
	setenv("FENBO_DATABASE_URL", "host=env", 1);
	setenv("FENBO_URL", "https://example.invalid:9", 1);
	setenv("FENBO_KEY_FILE", "/k", 1);
	assert_true(conf_load(NULL, &c, &errs));
	assert_string_equal(c.database_url, "host=env");
	assert_string_equal(c.fenbod_url, "https://example.invalid:9");
	assert_string_equal(c.fenbod_key_file, "/k");
	conf_free(&c);
	setenv("FENBO_URL", "ftp://x.invalid", 1);
	assert_false(conf_load(NULL, &c, &errs));
	assert_true(says(&errs, 0, "fenbod.url", "http://"));
	err_list_free(&errs);
	setenv("FENBO_CONFIG", "/nowhere.ini", 1);
	setenv("FENBO_URL", "", 1); /* empty is as good as unset */
	assert_false(conf_load(NULL, &c, &errs));
	assert_int_equal(errs.items[0].err.code, ERR_NOT_FOUND);
	err_list_free(&errs);
}

static void what_belongs_together(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;

	(void)state;
	put("[listen]\ntls_cert = /c.pem\n");
	assert_false(conf_load(path, &c, &errs));
	assert_true(says(&errs, 0, "listen.tls_key", "together"));
	err_list_free(&errs);
	put("[keys]\nclaim = n\nunknown = x\n");
	assert_false(conf_load(path, &c, &errs));
	assert_true(says(&errs, 3, "unknown", "neither an action nor a command"));
	assert_true(says(&errs, 2, "claim", "claim and next both want the key n"));
	err_list_free(&errs);
}

static void reload_is_all_or_nothing(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;

	(void)state;
	put("[listen]\nport = 1\n[feed]\npoll = 50ms\n");
	assert_true(conf_load(path, &c, &errs));
	put("[listen]\nport = 1\n[feed]\npoll = 70ms\n");
	assert_true(conf_reload(&c, &errs));
	assert_int_equal(c.feed_poll, 70);
	put("[listen]\nport = 2\n[feed]\npoll = 90ms\n");
	assert_false(conf_reload(&c, &errs));
	assert_non_null(strstr(errs.items[0].err.message, "[listen] port has changed and needs a restart"));
	assert_int_equal(c.feed_poll, 70);
	err_list_free(&errs);
	put("[feed]\npoll = 90\n");
	assert_false(conf_reload(&c, &errs));
	assert_int_equal(c.feed_poll, 70);
	err_list_free(&errs);
	conf_free(&c);
}

static void no_option_twice(void **state)
{
	(void)state;
	for (int i = 0; i < OPTION_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_false(strcmp(option_table[i].section, option_table[j].section) == 0 &&
			    strcmp(option_table[i].key, option_table[j].key) == 0);
}

/* A key given twice, a value that would be cut, a number out of bounds, an unknown key and an unknown section: one reading
 * says all of it. */
static void form_and_values_in_one_pass(void **state)
{
	struct err_list errs = { 0 };
	struct conf c;

	(void)state;
	put("[listen]\nport = 99999999\nbogus = 1\nport = 5\naddress = a # b\n[zz]\na = 1\n");
	assert_false(conf_load(path, &c, &errs));
	assert_true(says(&errs, 2, "listen.port", ""));
	assert_true(says(&errs, 3, "listen.bogus", "unknown option"));
	assert_true(says(&errs, 4, "port", "given twice"));
	assert_true(says(&errs, 5, "address", "raw #"));
	assert_true(says(&errs, 6, "zz", "unknown section"));
	assert_int_equal(errs.count, 5);
	err_list_free(&errs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shipped_file_is_the_defaults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_of_each_type, set_up, tear_down),
		cmocka_unit_test_setup_teardown(everything_wrong_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_environment_has_the_last_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_belongs_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reload_is_all_or_nothing, set_up, tear_down),
		cmocka_unit_test(no_option_twice),
		cmocka_unit_test(form_and_values_in_one_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
