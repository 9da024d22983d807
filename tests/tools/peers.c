#include "tests/tools/peers.h"

#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wctype.h>
#include "core/base/buf.h"
#include "core/base/utf8.h"
#include "tests/tools/bench.h"

/* --- running a tool ------------------------------------------------------------------------------------------------------- */

bool
peers_have(const char *program)
{
	char path[600];
	const char *p = getenv("PATH");

	while (p && *p) {
		size_t n = strcspn(p, ":");

		snprintf(path, sizeof path, "%.*s/%s", (int)n, p, program);
		if (access(path, X_OK) == 0)
			return true;
		p += n + (p[n] == ':');
	}
	return false;
}

/* In `dir`, what it prints goes to the file `out`. Its processor time, -1 when it failed. */
static double
run(const char *dir, const char *out, const char *const *argv)
{
	struct rusage used;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd, null = open("/dev/null", O_RDWR);

		if (chdir(dir) != 0 || (fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0)
			_exit(126);
		dup2(null, 0);
		dup2(fd, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "SKIPPED: %s failed\n", argv[0]);
		return -1;
	}
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static FILE *
file(const char *dir, const char *name, const char *mode)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (!(f = fopen(path, mode)))
		bench_die("%s cannot be opened", path);
	return f;
}

static void
make_dir(char dir[64])
{
	strcpy(dir, "/tmp/fenbo-peer.XXXXXX");
	if (!mkdtemp(dir))
		bench_die("no directory for the peers' files");
}

static void
drop_dir(const char *dir)
{
	static const char *const left[] = { "train", "test", "one", "model", "model.bin", "model.vec", "said", "out" };

	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		char path[300];

		snprintf(path, sizeof path, "%s/%s", dir, left[i]);
		unlink(path);
	}
	rmdir(dir);
}

/* --- grams ------------------------------------------------------------------------------------------------------------------ */

/* Title and text as one line in lower case, runs of blanks as one. Returns the points. */
static size_t
points_of(const struct peer_row *r, uint32_t **out, size_t *cap)
{
	size_t n = 0;

	for (int part = 0; part < 2; part++) {
		const char *s = part ? r->text : r->title;
		size_t len = strlen(s);

		if (part && n > 0)
			(*out)[n++] = ' ';
		for (size_t i = 0; i < len; ) {
			uint32_t cp;

			i += utf8_decode(s + i, len - i, &cp);
			if (n + 2 >= *cap && !(*out = realloc(*out, (*cap = *cap * 2 + 1024) * sizeof **out)))
				bench_die("memory is gone");
			cp = iswspace((wint_t)cp) ? (uint32_t)' ' : (uint32_t)towlower((wint_t)cp);
			if (cp != ' ' || n == 0 || (*out)[n - 1] != ' ')
				(*out)[n++] = cp;
		}
		if (!*out && !(*out = calloc(*cap = 1024, sizeof **out)))
			bench_die("memory is gone");
	}
	return n;
}

struct gram { uint64_t key; int rows, number; }; /* three code points, packed; number 0 = not (yet) a feature */
struct grams { struct gram *slot; size_t slots, used; int features; };
struct term { uint64_t key; int number; double value; };
struct terms { struct term *at; size_t n, cap; uint32_t *point; size_t points; };

static struct gram *
gram_at(struct grams *g, uint64_t key)
{
	size_t i = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (g->slots - 1);

	while (g->slot[i].key && g->slot[i].key != key)
		i = (i + 1) & (g->slots - 1);
	return &g->slot[i];
}

static void
gram_count(struct grams *g, uint64_t key)
{
	struct gram *s;

	if (g->used * 2 >= g->slots) {
		struct grams wider = { .slots = g->slots ? g->slots * 2 : 1 << 16, .used = g->used };

		if (!(wider.slot = calloc(wider.slots, sizeof *wider.slot)))
			bench_die("memory is gone");
		for (size_t i = 0; i < g->slots; i++)
			if (g->slot[i].key)
				*gram_at(&wider, g->slot[i].key) = g->slot[i];
		free(g->slot);
		*g = wider;
	}
	s = gram_at(g, key);
	g->used += s->key == 0;
	s->key = key;
	s->rows++;
}

static int
by_key(const void *a, const void *b)
{
	const struct term *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static int
by_number(const void *a, const void *b)
{
	return ((const struct term *)a)->number - ((const struct term *)b)->number;
}

/* Each gram of the row once, value = how often. */
static void
terms_of(struct terms *t, const struct peer_row *r)
{
	size_t n = points_of(r, &t->point, &t->points), k = 0;

	t->n = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t key = 0;

		for (size_t j = i; j < n && j < i + 3; j++) {
			key = key << 21 | t->point[j];
			if (t->n == t->cap && !(t->at = realloc(t->at, (t->cap = t->cap * 2 + 4096) * sizeof *t->at)))
				bench_die("memory is gone");
			if (key)
				t->at[t->n++] = (struct term){ .key = key, .value = 1 };
		}
	}
	qsort(t->at, t->n, sizeof *t->at, by_key);
	for (size_t i = 0; i < t->n; i++)
		if (k > 0 && t->at[k - 1].key == t->at[i].key)
			t->at[k - 1].value++;
		else
			t->at[k++] = t->at[i];
	t->n = k;
}

static void
terms_free(struct terms *t)
{
	free(t->at);
	free(t->point);
}

/* From counts to weights: only known grams, by feature number, length 1. */
static void
weigh(struct terms *t, struct grams *g, size_t rows)
{
	double length = 0;
	size_t k = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct gram *s = gram_at(g, t->at[i].key);
		double v;

		if (s->rows < 2)
			continue;
		v = (1 + log(t->at[i].value)) * (log((1 + (double)rows) / (1 + s->rows)) + 1);
		length += v * v;
		t->at[k++] = (struct term){ .number = s->number, .value = v };
	}
	t->n = k;
	qsort(t->at, t->n, sizeof *t->at, by_number);
	for (size_t i = 0; i < k; i++)
		t->at[i].value /= sqrt(length);
}

static struct grams
grams_of(const struct peer_row *train, size_t n)
{
	struct grams g = { 0 };
	struct terms t = { 0 };

	for (size_t i = 0; i < n; i++) {
		terms_of(&t, &train[i]);
		for (size_t k = 0; k < t.n; k++)
			gram_count(&g, t.at[k].key);
	}
	for (size_t i = 0; i < g.slots; i++)
		if (g.slot[i].rows >= 2)
			g.slot[i].number = ++g.features;
	terms_free(&t);
	return g;
}

/* --- liblinear ---------------------------------------------------------------------------------------------------------------- */

static void
export(const char *dir, const char *name, struct grams *g, size_t trained, const struct peer_row *row, size_t n)
{
	FILE *f = file(dir, name, "w");
	struct terms t = { 0 };

	for (size_t i = 0; i < n; i++) {
		terms_of(&t, &row[i]);
		weigh(&t, g, trained);
		fprintf(f, "%d", row[i].label);
		for (size_t k = 0; k < t.n; k++)
			fprintf(f, " %d:%.8g", t.at[k].number, t.at[k].value);
		fputc('\n', f);
	}
	terms_free(&t);
	if (fclose(f) != 0)
		bench_die("%s/%s: not written", dir, name);
}

struct svm { int classes, features; int *label; float *w; }; /* w[feature * classes + class]; the last feature is the bias */

static bool
svm_load(struct svm *s, const char *dir)
{
	FILE *f = file(dir, "model", "r");
	char *line = NULL, word[64];
	size_t cap = 0, at = 0;
	bool ok = true;

	memset(s, 0, sizeof *s);
	while (ok && fscanf(f, "%63s", word) == 1 && strcmp(word, "w") != 0) {
		if (strcmp(word, "nr_class") == 0) {
			ok = fscanf(f, "%d", &s->classes) == 1 && s->classes > 2 && (s->label = calloc((size_t)s->classes, sizeof *s->label));
		} else if (strcmp(word, "nr_feature") == 0) {
			ok = fscanf(f, "%d", &s->features) == 1;
		} else if (strcmp(word, "label") == 0) {
			for (int i = 0; ok && i < s->classes; i++)
				ok = fscanf(f, "%d", &s->label[i]) == 1;
		} else {
			ok = getline(&line, &cap, f) >= 0;
		}
	}
	ok = ok && (s->w = calloc(((size_t)s->features + 1) * (size_t)s->classes, sizeof *s->w)) && getline(&line, &cap, f) >= 0;
	while (ok && at < ((size_t)s->features + 1) * (size_t)s->classes && getline(&line, &cap, f) > 0) {
		char *p = line;

		for (int c = 0; c < s->classes; c++)
			s->w[at++] = strtof(p, &p);
	}
	free(line);
	fclose(f);
	return ok && at == ((size_t)s->features + 1) * (size_t)s->classes;
}

static void
svm_top(const struct svm *s, const struct terms *t, float *score, int top[PEER_TOP])
{
	memcpy(score, s->w + (size_t)s->features * (size_t)s->classes, (size_t)s->classes * sizeof *score);
	for (size_t k = 0; k < t->n; k++) {
		const float *w = s->w + ((size_t)t->at[k].number - 1) * (size_t)s->classes, v = (float)t->at[k].value;

		if (t->at[k].number <= s->features)
			for (int c = 0; c < s->classes; c++)
				score[c] += v * w[c];
	}
	for (int i = 0; i < PEER_TOP; i++) {
		int best = 0;

		for (int c = 1; c < s->classes; c++)
			if (score[c] > score[best])
				best = c;
		top[i] = s->label[best];
		score[best] = -INFINITY;
	}
}

/* The tool's own predictor: how fast it is beside a run over one row, and whether it answers as we read its model. */
static bool
svm_check(const char *dir, size_t m, struct peer_answer *out)
{
	double all = run(dir, "out", (const char *const[]){ "liblinear-predict", "test", "model", "said", NULL });
	FILE *f;
	size_t same = 0;
	int said;
	double one;

	if (all < 0)
		return false;
	f = file(dir, "said", "r");
	for (size_t i = 0; i < m && fscanf(f, "%d", &said) == 1; i++)
		same += said == out->top[i][0];
	fclose(f);
	out->agreed = (double)same / (double)m;
	one = run(dir, "out", (const char *const[]){ "liblinear-predict", "one", "model", "said", NULL });
	if (one >= 0 && all > one)
		out->rows_per_s = (double)(m - 1) / (all - one);
	return one >= 0;
}

bool
peer_svm(const struct peer_row *train, size_t n, const struct peer_row *test, size_t m, bool check, struct peer_answer *out)
{
	struct grams g = grams_of(train, n);
	struct terms t = { 0 };
	struct svm s = { 0 };
	float *score = NULL;
	char dir[64];
	bool ok;

	make_dir(dir);
	out->features = (size_t)g.features;
	export(dir, "train", &g, n, train, n);
	export(dir, "test", &g, n, test, m);
	export(dir, "one", &g, n, test, 1);
	out->train_s = run(dir, "out", (const char *const[]){ "liblinear-train", "-s", "1", "-c", "1", "-B", "1", "-e", "0.01", "-q", "train", "model", NULL });
	ok = out->train_s >= 0 && svm_load(&s, dir) && (score = calloc((size_t)s.classes, sizeof *score));
	for (size_t i = 0; ok && i < m; i++) {
		terms_of(&t, &test[i]);
		weigh(&t, &g, n);
		svm_top(&s, &t, score, out->top[i]);
	}
	ok = ok && (!check || svm_check(dir, m, out));
	drop_dir(dir);
	terms_free(&t);
	free(score);
	free(s.label);
	free(s.w);
	free(g.slot);
	return ok;
}

/* --- fastText ----------------------------------------------------------------------------------------------------------------- */

static void
fasttext_export(const char *dir, const char *name, const struct peer_row *row, size_t n, bool labelled)
{
	FILE *f = file(dir, name, "w");
	uint32_t *point = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < n; i++) {
		size_t points = points_of(&row[i], &point, &cap);

		if (labelled)
			fprintf(f, "__label__%d", row[i].label);
		for (size_t k = 0; k < points; k++)
			if (point[k] != ' ') {
				char c[5] = "";

				c[utf8_encode(point[k], c)] = '\0';
				fprintf(f, " %s", c);
			}
		fputc('\n', f);
	}
	free(point);
	if (fclose(f) != 0)
		bench_die("%s/%s: not written", dir, name);
}

bool
peer_fasttext(const struct peer_row *train, size_t n, const struct peer_row *test, size_t m, struct peer_answer *out)
{
	static const char *const learn[] = { "fasttext", "supervised", "-input", "train", "-output", "model", "-dim", "50", "-epoch", "25", "-lr",
		"1.0", "-wordNgrams", "2", "-bucket", "500000", "-thread", "1", NULL };
	static const char *const ask[] = { "fasttext", "predict-prob", "model.bin", "test", "3", NULL };
	static const char *const once[] = { "fasttext", "predict-prob", "model.bin", "one", "3", NULL };
	char dir[64], *line = NULL;
	size_t cap = 0, i = 0;
	double one, all;
	FILE *f;

	make_dir(dir);
	fasttext_export(dir, "train", train, n, true);
	fasttext_export(dir, "test", test, m, false);
	fasttext_export(dir, "one", test, 1, false);
	if ((out->train_s = run(dir, "out", learn)) < 0 || (one = run(dir, "out", once)) < 0 || (all = run(dir, "said", ask)) < 0) {
		drop_dir(dir);
		return false;
	}
	out->rows_per_s = all > one ? (double)(m - 1) / (all - one) : 0;
	f = file(dir, "said", "r");
	for (; i < m && getline(&line, &cap, f) >= 0; i++) {
		char *p = line;

		for (int k = 0; k < PEER_TOP; k++) {
			out->top[i][k] = -1;
			if (p && (p = strstr(p, "__label__")))
				out->top[i][k] = (int)strtol(p + 9, &p, 10);
		}
	}
	free(line);
	fclose(f);
	drop_dir(dir);
	return i == m;
}
