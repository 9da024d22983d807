#include "tests/tools/bench.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void
samples_add(struct samples *s, double v)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->v = realloc(s->v, s->cap * sizeof *s->v);
		if (!s->v)
			bench_die("memory is gone");
	}
	s->v[s->n++] = v;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double
samples_at(struct samples *s, double share)
{
	if (s->n == 0)
		bench_die("nothing was measured");
	qsort(s->v, s->n, sizeof *s->v, by_value);
	return s->v[(size_t)(share * (double)(s->n - 1) + 0.5)];
}

void
samples_free(struct samples *s)
{
	free(s->v);
	memset(s, 0, sizeof *s);
}

void
bench_put(const char *name, double value)
{
	printf("%s=%.6g\n", name, value);
	fflush(stdout);
}

void
bench_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

const char *
bench_env(const char *name)
{
	const char *v = getenv(name);

	if (!v || !v[0])
		bench_die("%s is not set", name);
	return v;
}

long
bench_number(const char *name, long otherwise)
{
	const char *v = getenv(name);

	return v && v[0] ? atol(v) : otherwise;
}

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = { 0 };
	char chunk[4096];
	size_t n;

	if (!f)
		bench_die("%s: %s", path, strerror(errno));
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	return b.data ? b.data : strdup("");
}

char *
bench_sql(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "%s%s.sql", strchr(name, '/') ? "" : "tests/bench/sql/", name);
	return read_file(path);
}

char *
bench_key(void)
{
	char *key = read_file(bench_env("FENBO_KEY_FILE"));

	key[strcspn(key, "\r\n")] = '\0';
	return key;
}

/* --- libpq ------------------------------------------------------------------------------------------------------------- */

PGconn *
bench_connect(const char *url)
{
	PGconn *c = PQconnectdb(url);

	if (PQstatus(c) != CONNECTION_OK)
		bench_die("%s", PQerrorMessage(c));
	return c;
}

PGresult *
bench_exec(PGconn *c, const char *sql, int n, const char *const *values)
{
	PGresult *r = n > 0 ? PQexecParams(c, sql, n, NULL, values, NULL, NULL, 0) : PQexec(c, sql);
	ExecStatusType s = PQresultStatus(r);

	if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
		bench_die("%.200s…: %s", sql, PQerrorMessage(c));
	return r;
}

/* --- HTTP -------------------------------------------------------------------------------------------------------------- */

void
bench_http_open(struct bench_http *h)
{
	const char *url = bench_env("FENBO_URL"), *at;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int one = 1;

	memset(h, 0, sizeof *h);
	at = strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;
	if (!at || sscanf(at, "%127[^:/]:%7[0-9]", h->host, h->port) != 2)
		bench_die("FENBO_URL is not http://HOST:PORT: %s", url);
	if (getaddrinfo(h->host, h->port, &hints, &found) != 0)
		bench_die("%s: unknown", h->host);
	h->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (h->fd < 0 || connect(h->fd, found->ai_addr, found->ai_addrlen) < 0)
		bench_die("%s: %s", url, strerror(errno));
	setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	freeaddrinfo(found);
}

static void
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

		if (k < 0 && errno != EINTR)
			bench_die("send: %s", strerror(errno));
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
}

/* Content-Length or chunked: fenbod may answer either way. */
static bool
complete(const struct buf *in, size_t *body, size_t *len)
{
	const char *end = strstr(buf_text(in), "\r\n\r\n"), *at;
	size_t head, got;

	if (!end)
		return false;
	head = (size_t)(end - in->data) + 4;
	got = in->len - head;
	*body = head;
	at = strcasestr(in->data, "\r\nContent-Length:");
	if (at && at < end) {
		*len = (size_t)atol(at + 17);
		return got >= *len;
	}
	at = strcasestr(in->data, "\r\nTransfer-Encoding:");
	*len = got;
	return at && at < end && got >= 5 && memcmp(in->data + in->len - 5, "0\r\n\r\n", 5) == 0;
}

int
bench_http_ask(struct bench_http *h, const char *method, const char *path, const char *key, const char *type,
    const char *body, size_t len)
{
	struct buf out = { 0 };
	char chunk[65536];
	size_t at, n;

	buf_printf(&out, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, h->host);
	if (key)
		buf_printf(&out, "Authorization: Bearer %s\r\n", key);
	if (type)
		buf_printf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, len);
	buf_puts(&out, "\r\n");
	if (type)
		buf_add(&out, body, len);
	send_all(h->fd, out.data, out.len);
	buf_free(&out);
	buf_reset(&h->in);
	do {
		ssize_t k = recv(h->fd, chunk, sizeof chunk, 0);

		if (k <= 0)
			bench_die("%s %s: the connection ended", method, path);
		buf_add(&h->in, chunk, (size_t)k);
	} while (!complete(&h->in, &at, &n));
	return atoi(h->in.data + 9);
}

void
bench_http_close(struct bench_http *h)
{
	close(h->fd);
	buf_free(&h->in);
}

/* --- processes --------------------------------------------------------------------------------------------------------- */

long
bench_rss_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	if (!(f = fopen(path, "r")))
		return -1;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

double
bench_cpu_s(pid_t pid)
{
	char path[64], text[1024];
	unsigned long user = 0, sys = 0;
	const char *at;
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (!(f = fopen(path, "r")))
		return -1;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	at = strrchr(text, ')'); /* the program's name may hold blanks */
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys) != 2)
		return -1;
	return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

double
bench_cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}
