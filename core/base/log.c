#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/clock.h"

/* The one sink of the process. It is set at start and on reload; worker threads only read it. */
static atomic_int sink = STDERR_FILENO;
static atomic_int threshold = LOG_INFO;

enum { RECORD_BYTES = 16 << 10 };

bool
log_open(const char *path, enum log_level at_least)
{
	int fresh = STDERR_FILENO;

	if (path != NULL && (fresh = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)) < 0)
		return false;
	int old = atomic_load(&sink);
	if (path != NULL && old != STDERR_FILENO && dup3(fresh, old, O_CLOEXEC) >= 0) {
		/* The same descriptor now leads to the new file: a thread in the middle of a record loses nothing. */
		close(fresh);
		fresh = old;
	}
	atomic_store(&sink, fresh);
	atomic_store(&threshold, (int)at_least);
	if (old != fresh && old != STDERR_FILENO)
		close(old);
	return true;
}

static void
add_value(struct buf *out, const char *value)
{
	struct buf clean = { .limit = RECORD_BYTES };

	if (value == NULL)
		value = "";
	clean_text(&clean, value, strnlen(value, RECORD_BYTES / 2), CLEAN_LINE);
	const char *text = buf_text(&clean);
	if (*text != '\0' && text[strcspn(text, " \"=\\")] == '\0')
		buf_puts(out, text);
	else {
		buf_putc(out, '"');
		for (; *text != '\0'; text++) {
			if (*text == '"' || *text == '\\')
				buf_putc(out, '\\');
			buf_putc(out, *text);
		}
		buf_putc(out, '"');
	}
	buf_free(&clean);
}

void
log_write(enum log_level level, const char *msg, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	struct buf line = { .limit = 8 * RECORD_BYTES };
	char now[40];
	const char *key;
	va_list ap;

	if ((int)level < atomic_load(&threshold) || level > LOG_ERROR)
		return;
	clock_rfc3339(clock_now(), now);
	buf_printf(&line, "ts=%s level=%s msg=", now, names[level]);
	add_value(&line, msg);
	va_start(ap, msg);
	while ((key = va_arg(ap, const char *)) != NULL) {
		buf_printf(&line, " %s=", key);
		add_value(&line, va_arg(ap, const char *));
	}
	va_end(ap);
	/* A record over its limit is cut there: what fits is still worth having. */
	if (line.data != NULL) {
		/* One write a record, so that records of several threads and programs do not mix. */
		line.data[line.len] = '\n';
		while (write(atomic_load(&sink), line.data, line.len + 1) < 0 && errno == EINTR)
			;
	}
	buf_free(&line);
}
