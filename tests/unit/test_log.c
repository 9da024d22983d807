#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"

static char path[64];

/* What was logged since the file was made. */
static char *
logged(void)
{
	static char text[200000];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int
begin(void **state)
{
	(void)state;
	strcpy(path, "/tmp/fenbo-test-log-XXXXXX");
	close(mkstemp(path));
	return log_open(path, LOG_INFO) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
one_record_is_one_line(void **state)
{
	(void)state;
	log_write(LOG_INFO, "listening", "addr", "127.0.0.1:8311", "unit", "", NULL);
	const char *line = logged();
	assert_memory_equal(line, "ts=2", 4);
	assert_non_null(strstr(line, " level=info msg=listening addr=127.0.0.1:8311 unit=\"\"\n"));
}

static void
values_cannot_forge_a_record(void **state)
{
	(void)state;
	log_write(LOG_WARN, "refused twice", "why", "x\nts=now level=error msg=\"forged\"", "esc", "a\x1b[2Jb", "end",
	    "c:\\", "null", (char *)NULL, NULL);
	const char *line = logged();
	assert_non_null(strstr(line, " msg=\"refused twice\" "
	    "why=\"x ts=now level=error msg=\\\"forged\\\"\" esc=ab end=\"c:\\\\\" null=\"\"\n"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
what_is_below_the_level_is_dropped(void **state)
{
	(void)state;
	log_write(LOG_DEBUG, "quiet", NULL);
	assert_string_equal(logged(), "");
	assert_true(log_open(path, LOG_DEBUG));
	log_write(LOG_DEBUG, "loud", NULL);
	assert_non_null(strstr(logged(), "level=debug msg=loud\n"));
}

static void
a_file_that_cannot_be_opened_keeps_the_old_one(void **state)
{
	(void)state;
	assert_false(log_open("/nonexistent/fenbo.log", LOG_INFO));
	log_write(LOG_ERROR, "still", NULL);
	assert_non_null(strstr(logged(), "msg=still"));
}

static void
follows_a_rotated_file(void **state)
{
	char old[80];

	(void)state;
	log_write(LOG_INFO, "first", NULL);
	snprintf(old, sizeof old, "%s.1", path);
	assert_int_equal(rename(path, old), 0);
	assert_true(log_open(path, LOG_INFO));
	log_write(LOG_INFO, "second", NULL);
	assert_null(strstr(logged(), "first"));
	assert_non_null(strstr(logged(), "second"));
	unlink(old);
}

static void
a_huge_value_is_cut(void **state)
{
	char *huge = malloc(1 << 20);

	(void)state;
	memset(huge, 'x', 1 << 20);
	huge[(1 << 20) - 1] = '\0';
	log_write(LOG_INFO, "huge", "value", huge, NULL);
	size_t len = strlen(logged());
	assert_in_range(len, 1000, 100000);
	assert_int_equal(logged()[len - 1], '\n');
	free(huge);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_record_is_one_line, begin, end),
		cmocka_unit_test_setup_teardown(values_cannot_forge_a_record, begin, end),
		cmocka_unit_test_setup_teardown(what_is_below_the_level_is_dropped, begin, end),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_opened_keeps_the_old_one, begin, end),
		cmocka_unit_test_setup_teardown(follows_a_rotated_file, begin, end),
		cmocka_unit_test_setup_teardown(a_huge_value_is_cut, begin, end),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
