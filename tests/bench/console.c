/*
 * A full-screen program in a pseudo-terminal of 200×60. Usage: console MODE NAME N COMMAND…
 *
 *   start NAME N    N starts, each from exec until a full first screen has been drawn: as many case numbers as the list has room for
 *                   ($BENCH_ROWS, default 50), or for another program whatever comes before 100 ms of silence
 *   keys NAME N     N times `j`: from the key's write until the last byte of what it painted (a burst ends with 2 ms of silence),
 *                   bytes painted a key, resident memory; after the program has loaded
 *   rest NAME N     N seconds of nothing: bytes painted a second and the share of a core
 *
 * The program under test is never told that it is measured; it ends by SIGHUP as when a window is closed.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/tools/bench.h"

enum { COLUMNS = 200, LINES = 60, TAIL = 20 };

struct term {
	pid_t pid;
	int fd;
	usec_t started, last;      /* exec, and the last byte read */
	double bytes;
	long numbers;              /* case numbers seen: dddddd-dddddd-d */
	char shape[TAIL]; int nshape;
};

static void
term_start(struct term *t, char **argv)
{
	struct winsize size = { .ws_row = LINES, .ws_col = COLUMNS };

	memset(t, 0, sizeof *t);
	t->started = clock_monotonic();
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid < 0)
		bench_die("forkpty: %s", strerror(errno));
	if (t->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	t->last = t->started;
}

/* Count case numbers as they pass, also when a number arrives in two reads. */
static void
look(struct term *t, const char *p, ssize_t n)
{
	static const char form[] = "dddddd-dddddd-d";

	for (ssize_t i = 0; i < n; i++) {
		bool digit = p[i] >= '0' && p[i] <= '9';

		if ((form[t->nshape] == 'd' && digit) || (form[t->nshape] == '-' && p[i] == '-')) {
			if (form[++t->nshape] == '\0') {
				t->numbers++;
				t->nshape = 0;
			}
		} else if (!(t->nshape == 6 && digit)) /* a longer run of digits is none */
			t->nshape = digit ? 1 : 0;
	}
}

/* Read what comes within `wait_ms`; false when nothing did. Dies when the program has ended. */
static bool
term_read(struct term *t, int wait_ms)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	char chunk[65536];
	ssize_t n;
	int status;

	if (poll(&p, 1, wait_ms) <= 0)
		return false;
	n = read(t->fd, chunk, sizeof chunk);
	if (n <= 0) {
		waitpid(t->pid, &status, 0);
		bench_die("the program ended (status %d)", status);
	}
	t->last = clock_monotonic();
	t->bytes += (double)n;
	look(t, chunk, n);
	if (getenv("BENCH_SCREEN"))
		fwrite(chunk, 1, (size_t)n, stderr);
	return true;
}

static void
term_stop(struct term *t)
{
	kill(t->pid, SIGHUP);
	for (int i = 0; i < 200 && waitpid(t->pid, NULL, WNOHANG) == 0; i++) {
		while (i < 100 && poll(&(struct pollfd){ .fd = t->fd, .events = POLLIN }, 1, 10) > 0) {
			char chunk[4096];

			if (read(t->fd, chunk, sizeof chunk) <= 0)
				break;
		}
		usleep(10000);
		if (i == 150)
			kill(t->pid, SIGKILL);
	}
	close(t->fd);
}

/* Until it has loaded: $BENCH_LOAD_MS (default 3,000) long, or silence for 700 ms where nothing else changes the screen. */
static void
settle(struct term *t)
{
	usec_t until = clock_monotonic() + bench_number("BENCH_LOAD_MS", 3000) * 1000, quiet = 700000;

	while (clock_monotonic() < until || (bench_number("BENCH_QUIET", 0) && clock_monotonic() - t->last < quiet))
		term_read(t, 50);
}

static void
put(const char *what, const char *name, double v)
{
	char label[96];

	snprintf(label, sizeof label, "%s_%s", name, what);
	bench_put(label, v);
}

static void
measure_start(const char *name, long n, char **argv)
{
	long rows = bench_number("BENCH_ROWS", 50);
	struct samples ms = { 0 };

	for (long i = 0; i < n; i++) {
		struct term t;
		usec_t until;

		term_start(&t, argv);
		until = t.started + 20 * USEC_S;
		while (clock_monotonic() < until && (rows > 0 ? t.numbers < rows : t.bytes == 0 || clock_monotonic() - t.last < 100000))
			term_read(&t, 20);
		if (rows > 0 && t.numbers < rows)
			bench_die("%ld of %ld rows were drawn in 20 s", t.numbers, rows);
		while (rows > 0 && term_read(&t, 5)) /* the rest of that paint */
			if (clock_monotonic() - t.started > 20 * USEC_S)
				break;
		samples_add(&ms, (double)(t.last - t.started) / 1000);
		term_stop(&t);
	}
	put("start_median_ms", name, samples_at(&ms, 0.5));
	put("start_worst_ms", name, samples_at(&ms, 1));
}

static void
measure_keys(const char *name, long n, char **argv)
{
	struct samples ms = { 0 }, bytes = { 0 };
	struct term t;
	long silent = 0;

	term_start(&t, argv);
	settle(&t);
	for (long i = 0; i < n; i++) {
		usec_t sent, last = 0;
		double had;

		while (term_read(&t, 2)) /* a change just being painted is not the key's */
			;
		had = t.bytes;
		sent = clock_monotonic();
		if (write(t.fd, "j", 1) != 1)
			bench_die("write: %s", strerror(errno));
		while (term_read(&t, last ? 2 : 200))
			last = t.last;
		if (last) {
			samples_add(&ms, (double)(last - sent) / 1000);
			samples_add(&bytes, t.bytes - had);
		} else
			silent++;
		for (usec_t next = sent + 30000; clock_monotonic() < next; )
			term_read(&t, 2);
	}
	put("key_median_ms", name, samples_at(&ms, 0.5));
	put("key_p99_ms", name, samples_at(&ms, 0.99));
	put("key_bytes_median", name, samples_at(&bytes, 0.5));
	put("key_bytes_p99", name, samples_at(&bytes, 0.99));
	put("key_silent", name, (double)silent);
	put("rss_mib", name, (double)bench_rss_kib(t.pid) / 1024);
	term_stop(&t);
}

static void
measure_rest(const char *name, long seconds, char **argv)
{
	struct term t;
	usec_t until;
	double cpu, bytes;

	term_start(&t, argv);
	settle(&t);
	cpu = bench_cpu_s(t.pid);
	bytes = t.bytes;
	until = clock_monotonic() + seconds * USEC_S;
	while (clock_monotonic() < until)
		term_read(&t, 100);
	put("rest_core_percent", name, (bench_cpu_s(t.pid) - cpu) / (double)seconds * 100);
	put("rest_bytes_per_s", name, (t.bytes - bytes) / (double)seconds);
	term_stop(&t);
}

int
main(int argc, char **argv)
{
	static const struct { const char *mode; void (*run)(const char *name, long n, char **argv); } modes[] = {
		{ "start", measure_start }, { "keys", measure_keys }, { "rest", measure_rest },
	};

	for (size_t i = 0; argc > 4 && i < sizeof modes / sizeof *modes; i++)
		if (strcmp(argv[1], modes[i].mode) == 0) {
			modes[i].run(argv[2], atol(argv[3]), argv + 4);
			return 0;
		}
	bench_die("usage: console start|keys|rest NAME N COMMAND…");
}
