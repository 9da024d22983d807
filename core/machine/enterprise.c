#include "core/machine/enterprise.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/arena.h"
#include "core/base/strmap.h"
#include "core/machine/enterprise_forms.h"

/* READ: points of a text that are looked at, so that the longest costs no more. LENGTHS: the longest form a bit of the filter stands for alone. */
enum { READ = 4096, LENGTHS = 35, FILTER_BITS = 26, FILTER_LEAST = 8, RUN_SORT = 24 };
#define FULL UINT32_C(0x80000000)

struct entry { uint32_t check, name; };       /* name: with FULL where the form is the registered name */
struct made { uint64_t hash; uint32_t name, first; }; /* first: FILTER_BITS of the hash of the first four points, then the length's bit */

struct enterprises {
	char *text; size_t text_len, text_cap;    /* the names, each with its NUL */
	uint32_t *at; uint32_t *tags; size_t n, cap; /* where each begins; its set of tags */
	struct strmap tag_sets;                   /* "a|b" → itself in the arena, behind its number */
	const char **tag_set; size_t ntags, cap_tags;
	struct arena arena;
	struct made *made; size_t nmade, cap_made; /* until done */
	uint32_t *filter;                         /* by hash of a form's first four points: which lengths there are, bit 0 = four */
	int filter_bits;
	uint32_t *bucket;                         /* first entry by the hash's upper bits; one more than there are buckets */
	int bucket_bits;
	struct entry *entry;
};

static bool
grow(void **p, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? *cap * 2 : 256;
	void *bigger;

	if (n < *cap)
		return true;
	if (!(bigger = realloc(*p, want * size)))
		return false;
	*p = bigger;
	*cap = want;
	return true;
}

/* --- hashes: a polynomial over the points, so that any piece of a text costs two steps ------------------------------ */

#define BASE UINT64_C(0x9e3779b97f4a7c15)

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static uint64_t
hash_points(const uint32_t *point, int n)
{
	uint64_t h = 0;

	for (int i = 0; i < n; i++)
		h = h * BASE + point[i] + 1;
	return h;
}

static uint32_t
first_hash(uint64_t first_four)
{
	return (uint32_t)(mix(first_four) >> (64 - FILTER_BITS));
}

static int
length_bit(int n)
{
	return (n < LENGTHS ? n : LENGTHS) - FORM_MIN;
}

/* --- building ------------------------------------------------------------------------------------------------------- */

struct enterprises *
enterprises_new(void)
{
	return calloc(1, sizeof(struct enterprises));
}

void
enterprises_free(struct enterprises *e)
{
	if (!e)
		return;
	free(e->text);
	free(e->at);
	free(e->tags);
	strmap_free(&e->tag_sets);
	free(e->tag_set);
	arena_free(&e->arena);
	free(e->made);
	free(e->filter);
	free(e->bucket);
	free(e->entry);
	free(e);
}

/* The number of a set of tags; there are few different ones. */
static bool
tag_number(struct enterprises *e, const char *tags, uint32_t *out)
{
	const uint32_t *known;
	char *copy;

	if (!tags || !*tags)
		tags = "";
	if ((known = strmap_get(&e->tag_sets, tags))) {
		*out = *known;
		return true;
	}
	uint32_t *number = arena_alloc(&e->arena, sizeof *number);

	copy = arena_strdup(&e->arena, tags);
	if (!number || !copy || !grow((void **)&e->tag_set, e->ntags, &e->cap_tags, sizeof *e->tag_set))
		return false;
	*number = *out = (uint32_t)e->ntags;
	e->tag_set[e->ntags++] = copy;
	return strmap_add(&e->tag_sets, copy, number);
}

static bool
keep_name(struct enterprises *e, const char *name, const char *tags)
{
	size_t len = strlen(name) + 1, cap = e->cap;

	while (e->text_len + len > e->text_cap)
		if (!grow((void **)&e->text, e->text_cap, &e->text_cap, 1))
			return false;
	if (!grow((void **)&e->at, e->n, &e->cap, sizeof *e->at) || !grow((void **)&e->tags, e->n, &cap, sizeof *e->tags) ||
	    !tag_number(e, tags, &e->tags[e->n]))
		return false;
	memcpy(e->text + e->text_len, name, len);
	e->at[e->n++] = (uint32_t)e->text_len;
	e->text_len += len;
	return true;
}

bool
enterprises_add(struct enterprises *e, const char *name, const char *tags)
{
	struct form form[FORMS_MAX];
	int n = enterprise_forms(name, form);

	if (n == 0 || e->text_len > UINT32_MAX - 4096)
		return true;
	if (!keep_name(e, name, tags))
		return false;
	for (int i = 0; i < n; i++) {
		if (!grow((void **)&e->made, e->nmade, &e->cap_made, sizeof *e->made))
			return false;
		e->made[e->nmade++] = (struct made){ mix(hash_points(form[i].point, form[i].n)), (uint32_t)(e->n - 1) | (i == 0 ? FULL : 0),
			first_hash(hash_points(form[i].point, FORM_MIN)) | (uint32_t)length_bit(form[i].n) << FILTER_BITS };
	}
	return true;
}

static int
compare_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->check != y->check)
		return x->check < y->check ? -1 : 1;
	if ((x->name ^ y->name) & FULL) /* the registered name comes first */
		return x->name & FULL ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static size_t
bucket_of(const struct enterprises *e, uint64_t mixed)
{
	return (size_t)(mixed >> (64 - e->bucket_bits));
}

static void
sort_bucket(struct entry *first, size_t n)
{
	if (n > RUN_SORT) {
		qsort(first, n, sizeof *first, compare_entry);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct entry it = first[i];
		size_t to = i;

		for (; to > 0 && compare_entry(&first[to - 1], &it) > 0; to--)
			first[to] = first[to - 1];
		first[to] = it;
	}
}

/* A slot for each form. */
static bool
make_filter(struct enterprises *e)
{
	for (e->filter_bits = FILTER_LEAST; e->filter_bits < FILTER_BITS && (size_t)1 << e->filter_bits < e->nmade; e->filter_bits++)
		;
	if (!(e->filter = calloc((size_t)1 << e->filter_bits, sizeof *e->filter)))
		return false;
	for (size_t i = 0; i < e->nmade; i++) {
		uint32_t first = e->made[i].first & ((UINT32_C(1) << FILTER_BITS) - 1);

		e->filter[first >> (FILTER_BITS - e->filter_bits)] |= UINT32_C(1) << (e->made[i].first >> FILTER_BITS);
	}
	return true;
}

bool
enterprises_done(struct enterprises *e)
{
	size_t buckets, kept = e->nmade;

	if (!make_filter(e))
		return false;
	for (e->bucket_bits = 1; (size_t)4 << e->bucket_bits < kept; e->bucket_bits++)
		;
	buckets = (size_t)1 << e->bucket_bits;
	e->bucket = calloc(buckets + 1, sizeof *e->bucket);
	e->entry = malloc((kept + 1) * sizeof *e->entry);
	if (!e->bucket || !e->entry)
		return false;
	for (size_t i = 0; i < kept; i++)
		e->bucket[bucket_of(e, e->made[i].hash)]++;
	for (size_t b = 0, sum = 0; b <= buckets; b++) { /* where each bucket ends; filling from there backwards leaves where it begins */
		sum += b < buckets ? e->bucket[b] : 0;
		e->bucket[b] = (uint32_t)sum;
	}
	for (size_t i = kept; i-- > 0; )
		e->entry[--e->bucket[bucket_of(e, e->made[i].hash)]] = (struct entry){ (uint32_t)e->made[i].hash, e->made[i].name };
	for (size_t b = 0; b < buckets; b++)
		sort_bucket(e->entry + e->bucket[b], e->bucket[b + 1] - e->bucket[b]);
	free(e->made);
	e->made = NULL;
	e->nmade = kept;
	return true;
}

size_t
enterprises_count(const struct enterprises *e)
{
	return e->n;
}

size_t
enterprises_bytes(const struct enterprises *e)
{
	return sizeof *e + e->text_cap + e->cap * (sizeof *e->at + sizeof *e->tags) + ((size_t)1 << e->filter_bits) * sizeof *e->filter +
	    (((size_t)1 << e->bucket_bits) + 1) * sizeof *e->bucket + (e->nmade + 1) * sizeof *e->entry + e->arena.used_bytes;
}

const char *
enterprises_name(const struct enterprises *e, int name)
{
	return e->text + e->at[name];
}

const char *
enterprises_tags(const struct enterprises *e, int name)
{
	return e->tag_set[e->tags[name]];
}

/* --- finding -------------------------------------------------------------------------------------------------------- */

/* Equal hashes are not yet equal words. */
static bool
is_form_of(const struct enterprises *e, uint32_t name, const uint32_t *point, int n)
{
	struct form form[FORMS_MAX];
	int forms = enterprise_forms(enterprises_name(e, (int)name), form);

	for (int i = 0; i < forms; i++)
		if (form[i].n == n && memcmp(form[i].point, point, (size_t)n * sizeof *point) == 0)
			return true;
	return false;
}

static bool
look_up(const struct enterprises *e, uint64_t hash, const struct points *p, struct span at, struct enterprise_hit *out)
{
	uint64_t mixed = mix(hash);
	size_t b = bucket_of(e, mixed), low = e->bucket[b], high = e->bucket[b + 1], end = high;
	uint32_t check = (uint32_t)mixed;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (e->entry[mid].check < check)
			low = mid + 1;
		else
			high = mid;
	}
	*out = (struct enterprise_hit){ .at = at };
	for (; low < end && e->entry[low].check == check; low++) {
		uint32_t name = e->entry[low].name;

		if (out->full && !(name & FULL)) /* the registered name of one is that one's, whoever is called so for short */
			break;
		if (out->names < ENTERPRISE_CANDIDATES) {
			if (!is_form_of(e, name & ~FULL, p->point + at.start, at.end - at.start))
				continue;
			out->name[out->names] = (int)(name & ~FULL);
		}
		out->full = name & FULL;
		out->names++;
	}
	return out->names > 0;
}

/* The longest form that begins at `start`. */
static bool
find_at(const struct enterprises *e, const struct points *p, int n, const uint64_t *prefix, const uint64_t *power, int start,
    struct enterprise_hit *out)
{
	uint64_t first = prefix[start + FORM_MIN] - prefix[start] * power[FORM_MIN];
	uint32_t lengths = e->filter[first_hash(first) >> (FILTER_BITS - e->filter_bits)];

	for (int len = n - start < FORM_MAX ? n - start : FORM_MAX; lengths && len >= FORM_MIN; len--) {
		struct span at = { start, start + len };

		if ((lengths >> length_bit(len) & 1) && look_up(e, prefix[start + len] - prefix[start] * power[len], p, at, out) &&
		    (out->full || len > FORM_SHORT || enterprise_spoken_of(p, at)))
			return true;
	}
	return false;
}

int
enterprises_find(const struct enterprises *e, const struct points *p, struct enterprise_hit *out)
{
	uint64_t prefix[READ + 1], power[FORM_MAX + 1];
	int n = p->n < READ ? p->n : READ, hits = 0;

	if (e->n == 0 || n < FORM_MIN)
		return 0;
	prefix[0] = 0;
	power[0] = 1;
	for (int i = 0; i < n; i++)
		prefix[i + 1] = prefix[i] * BASE + p->point[i] + 1;
	for (int i = 1; i <= FORM_MAX; i++)
		power[i] = power[i - 1] * BASE;
	for (int i = 0; i + FORM_MIN <= n && hits < ENTERPRISE_HITS; i++) {
		struct enterprise_hit hit;
		bool told = false;

		if (!find_at(e, p, n, prefix, power, i, &hit))
			continue;
		for (int h = 0; h < hits; h++)
			told |= out[h].name[0] == hit.name[0];
		if (!told)
			out[hits++] = hit;
		i = hit.at.end - 1;
	}
	return hits;
}
