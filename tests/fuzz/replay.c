/*
 * Runs a fuzz target without a fuzzer, everywhere and always alike: the corpus as it is, then mutations of it from a
 * fixed seed, until a count is reached or the time is up. What kills the target is left in PROGRAM.crash.
 *
 *   fuzz_X [DIR|FILE]...     FENBO_FUZZ_RUNS=n (20000)   FENBO_FUZZ_S=seconds (5)   FENBO_FUZZ_SEED=n (1)
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

enum { INPUT_BYTES = 64 << 10 };

struct input {
	uint8_t *data;
	size_t len;
};

static struct {
	struct input *seed;
	size_t seeds;
	uint64_t state;
	/* What runs now, for the handlers below, which can be given nothing. */
	const uint8_t *data;
	size_t len;
	char crash[4096];
} run;

/* What parsers trip over: ends, escapes, cut characters, numbers at their limits. */
static const char *const pieces[] = {
	"\x1b[", "\x1b]0;", "\x07", "\x1b\\", "\xc2\x9b", "\xc2\x9d", "\xe2\x80\xae", "\xe2\x80\x8d", "\xef\xb8\x8f",
	"\xf0\x9f\x98\x80", "\xcc\x81", "\xe5\x9f\x8e", "\xe5\x9f", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xff", "\xef\xbb\xbf", "\r\n", "\n\n\n", "\t", "{", "}", "[", "]", "\"", "\\u0000", "\\ud800", "\\", ":",
	",", "null", "true", "-1", "9223372036854775808", "1e999", "0.0", "%00", "%", "&amp;", "<", ">", "</",
	"<![CDATA[", "<!ENTITY", "=", ";", "#", "'", "\xef\xbc\x8c", "2026-11-22T17:42:08+08:00", "2611220000126",
	"urgent", "data:", "id:", "event:", "Content-Length: "
};

static uint32_t
roll(uint32_t below)
{
	run.state ^= run.state << 13;
	run.state ^= run.state >> 7;
	run.state ^= run.state << 17;
	return below != 0 ? (uint32_t)((run.state >> 16) % below) : 0;
}

static void
keep_crash(void)
{
	int fd = open(run.crash, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, run.data, run.len) < 0)
		_exit(99);
	close(fd);
}

static void
on_signal(int sig)
{
	keep_crash();
	signal(sig, SIG_DFL);
	raise(sig);
}

/* The target gets memory of exactly its size, so that one byte too far is found. */
static void
run_one(const uint8_t *data, size_t len)
{
	uint8_t *exact = malloc(len != 0 ? len : 1);

	if (exact == NULL)
		abort();
	if (len > 0)
		memcpy(exact, data, len);
	run.data = exact;
	run.len = len;
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

static void
add_seed(const void *data, size_t len)
{
	struct input *seed = realloc(run.seed, (run.seeds + 1) * sizeof *seed);
	uint8_t *copy = malloc(len != 0 ? len : 1);

	if (seed == NULL || copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	run.seed = seed;
	run.seed[run.seeds++] = (struct input){ copy, len };
}

static void
load(const char *path)
{
	static uint8_t bytes[INPUT_BYTES];
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		struct dirent **names;
		int n = scandir(path, &names, NULL, alphasort);
		for (int i = 0; i < n; i++) {
			char below[4096];
			int n_below = snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
			if (names[i]->d_name[0] != '.' && n_below < (int)sizeof below)
				load(below);
			free(names[i]);
		}
		if (n >= 0)
			free(names);
		return;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;
	if (len >= 0)
		add_seed(bytes, (size_t)len);
	if (fd >= 0)
		close(fd);
}

static size_t
insert(uint8_t *to, size_t len, const void *what, size_t n)
{
	size_t at = roll((uint32_t)len + 1);

	if (len + n > INPUT_BYTES)
		return len;
	memmove(to + at + n, to + at, len - at);
	memcpy(to + at, what, n);
	return len + n;
}

/* One change of what stands in `to`; returns the new length. */
static size_t
mutate(uint8_t *to, size_t len)
{
	const struct input *other = &run.seed[roll((uint32_t)run.seeds)];
	uint8_t byte = (uint8_t)roll(256);

	switch (roll(7)) {
	case 0:
		if (len > 0)
			to[roll((uint32_t)len)] ^= (uint8_t)(1u << roll(8));
		return len;
	case 1:
		if (len > 0)
			to[roll((uint32_t)len)] = byte;
		return len;
	case 2:
		return insert(to, len, &byte, 1);
	case 3: {
		const char *piece = pieces[roll(sizeof pieces / sizeof *pieces)];
		return insert(to, len, piece, strlen(piece));
	}
	case 4: { /* leave some out */
		size_t at = roll((uint32_t)len + 1), n = roll((uint32_t)(len - at) + 1);
		memmove(to + at, to + at + n, len - at - n);
		return len - n;
	}
	case 5: { /* repeat some of another */
		size_t at = roll((uint32_t)other->len + 1), n = roll((uint32_t)(other->len - at) + 1);
		return insert(to, len, other->data + at, n);
	}
	default: /* cut off */
		return roll((uint32_t)len + 1);
	}
}

static long
setting(const char *name, long otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? strtol(value, NULL, 10) : otherwise;
}

int
main(int argc, char **argv)
{
	static uint8_t work[INPUT_BYTES];
	long runs = setting("FENBO_FUZZ_RUNS", 20000), done = 0;
	time_t until = time(NULL) + setting("FENBO_FUZZ_S", 5);
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

	run.state = (uint64_t)setting("FENBO_FUZZ_SEED", 1) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	snprintf(run.crash, sizeof run.crash, "%.4000s.crash", argv[0]);
	/* A sanitizer catches the other signals itself, and says more about them than we could. */
	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(keep_crash);
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		if (fatal[i] == SIGABRT || __sanitizer_set_death_callback == NULL)
			signal(fatal[i], on_signal);
	add_seed("", 0);
	for (int i = 1; i < argc; i++)
		load(argv[i]);
	for (size_t i = 0; i < run.seeds; i++)
		run_one(run.seed[i].data, run.seed[i].len);
	for (; done < runs && time(NULL) < until; done++) {
		const struct input *from = &run.seed[roll((uint32_t)run.seeds)];
		size_t len = from->len;
		if (len > 0)
			memcpy(work, from->data, len);
		for (uint32_t changes = 1 + roll(6); changes > 0; changes--)
			len = mutate(work, len);
		run_one(work, len);
	}
	printf("%zu inputs, %ld mutations\n", run.seeds, done);
	for (size_t i = 0; i < run.seeds; i++)
		free(run.seed[i].data);
	free(run.seed);
	return 0;
}
