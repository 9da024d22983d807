#include "core/base/clean.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/base/width.h"
#include "gen/fold.inc"

enum {
	ESC = 0x1b, BEL = 0x07, DEL = 0x7f, C1_FIRST = 0x80, C1_LAST = 0x9f, C1_CSI = 0x9b, C1_ST = 0x9c,
	REPLACEMENT = 0xfffd,
	MARKS_MAX = 8 /* joining marks on one character: Tibetan needs five; a tower of them hides the lines above */
};

/* What nobody can see but everybody's layout obeys: removed. Sorted. */
static const struct { uint32_t from, to; } invisible[] = {
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x034f, 0x034f },   /* grapheme joiner */
	{ 0x061c, 0x061c },   /* Arabic letter mark: bidirectional */
	{ 0x180b, 0x180f },   /* Mongolian variation selectors and vowel separator */
	{ 0x200b, 0x200f },   /* zero-width space and joiners, left-to-right and right-to-left marks */
	{ 0x202a, 0x202e },   /* bidirectional embeddings and overrides */
	{ 0x2060, 0x206f },   /* word joiner, invisible operators, bidirectional isolates, deprecated shaping */
	{ 0xfe00, 0xfe0f },   /* variation selectors */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xfff9, 0xfffb },   /* interlinear annotation */
	{ 0x1d173, 0x1d17a }, /* musical format */
	{ 0xe0000, 0xe0fff }  /* tags and variation selectors */
};

struct cleaner {
	struct buf *out; /* NULL when only asked whether the text would pass */
	enum clean_mode mode;
	bool changed;
	size_t len;      /* bytes written, or that would be */
	size_t solid;    /* of them, up to the last visible character: what comes after may still be taken back */
	int newlines;    /* met since then */
	int marks;       /* on that character */
};

static bool
is_invisible(uint32_t cp)
{
	if (cp < invisible[0].from)
		return false;
	for (size_t i = 0; i < sizeof invisible / sizeof *invisible && cp >= invisible[i].from; i++)
		if (cp <= invisible[i].to)
			return true;
	return false;
}

/* No character now or ever: the planes without any, private planes, and the noncharacters of each plane. */
static bool
is_nobody(uint32_t cp)
{
	return (cp >= 0x40000 && cp < 0xe0000) || cp >= 0xf0000 || (cp & 0xfffe) == 0xfffe ||
	    (cp >= 0xfdd0 && cp <= 0xfdef);
}

static bool
is_blank(uint32_t cp)
{
	return cp == ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
	    cp == 0x205f || cp == 0x3000;
}

static bool
is_newline(uint32_t cp)
{
	return cp == '\n' || cp == '\r' || cp == '\v' || cp == '\f' || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* A control that can begin a sequence, or end one before its time. */
static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || cp == DEL || (cp >= C1_FIRST && cp <= C1_LAST);
}

/*
 * Length of a string of OSC, DCS, SOS, PM or APC including its end, or 0 when no end comes before the next control:
 * then it was never a sequence, and what follows is somebody's text. Every byte is looked at once only, since a
 * control that could begin another sequence ends this one.
 */
static size_t
string_length(const char *s, size_t len)
{
	uint32_t cp;

	for (size_t at = 0; at < len;) {
		size_t n = utf8_decode(s + at, len - at, &cp);
		if (cp == BEL || cp == C1_ST)
			return at + n;
		if (cp == ESC)
			return at + 1 < len && s[at + 1] == '\\' ? at + 2 : 0;
		if (is_control(cp))
			return 0;
		at += n;
	}
	return 0;
}

/* Length of what a control sequence has after its introducer: parameters, intermediates, the final byte if it comes. */
static size_t
control_length(const char *s, size_t len)
{
	size_t at = 0;

	while (at < len && s[at] >= 0x30 && s[at] <= 0x3f)
		at++;
	while (at < len && s[at] >= 0x20 && s[at] <= 0x2f)
		at++;
	if (at < len && s[at] >= 0x40 && s[at] <= 0x7e)
		at++;
	return at;
}

/* Bytes of the sequence that begins at s with ESC or a C1 control (n bytes long); at least n. */
static size_t
sequence_length(const char *s, size_t len, uint32_t cp, size_t n)
{
	if (cp == ESC) {
		if (len < 2 || s[1] < 0x20 || s[1] > 0x7e)
			return 1;
		if (s[1] >= 0x40 && s[1] <= 0x5f) {
			cp = (unsigned char)s[1] + 0x40u; /* ESC [ is the C1 control CSI, and so on */
			n = 2;
		} else {
			size_t at = 1;
			while (at < len && s[at] >= 0x20 && s[at] <= 0x2f)
				at++;
			return at < len && s[at] >= 0x30 && s[at] <= 0x7e ? at + 1 : at;
		}
	}
	if (cp == C1_CSI)
		return n + control_length(s + n, len - n);
	if (cp == 0x90 || cp == 0x98 || cp == 0x9d || cp == 0x9e || cp == 0x9f)
		return n + string_length(s + n, len - n);
	return n;
}

static void
put(struct cleaner *c, const char *s, size_t n)
{
	if (c->out != NULL)
		buf_add(c->out, s, n);
	c->len += n;
}

/* Take back what was written after the last visible character. */
static void
take_back(struct cleaner *c)
{
	if (c->out != NULL && !c->out->failed)
		buf_cut(c->out, c->out->len - (c->len - c->solid));
	c->len = c->solid;
}

static void
put_blank(struct cleaner *c, const char *s, size_t n)
{
	if (c->solid == 0) {
		c->changed = true;
		return;
	}
	if (c->mode == CLEAN_LINE) {
		c->changed |= *s != ' ' || c->len > c->solid;
		if (c->len == c->solid)
			put(c, " ", 1);
		return;
	}
	c->changed |= *s == '\t';
	put(c, *s == '\t' ? " " : s, n);
}

static void
put_newline(struct cleaner *c, const char *s, size_t n)
{
	if (c->mode == CLEAN_LINE) {
		put_blank(c, s, n);
		return;
	}
	int kept = c->newlines < 2 ? c->newlines : 2;
	c->newlines++;
	/* Blanks at the end of a line go, also when they are all that stood on it. */
	c->changed |= *s != '\n' || c->solid == 0 || c->newlines > 2 || c->len > c->solid + (size_t)kept;
	take_back(c);
	if (c->solid > 0)
		put(c, "\n\n", c->newlines > 1 ? 2 : 1);
}

static void
put_visible(struct cleaner *c, const char *s, size_t n, uint32_t cp)
{
	if (width_point(cp) != 0)
		c->marks = 0;
	else if (c->solid == 0 || c->len > c->solid || ++c->marks > MARKS_MAX) {
		/* A mark joins what stands before it; without a character there it would join the screen's frame. */
		c->changed = true;
		return;
	}
	put(c, s, n);
	c->solid = c->len;
	c->newlines = 0;
}

/* One character or sequence; returns its bytes. */
static size_t
step(struct cleaner *c, const char *s, size_t len)
{
	uint32_t cp;
	size_t n = utf8_decode(s, len, &cp);

	if ((cp == REPLACEMENT && n == 1) || is_nobody(cp)) {
		c->changed = true;
		put_visible(c, "\xef\xbf\xbd", 3, REPLACEMENT);
	} else if (cp == '\r' && len > 1 && s[1] == '\n')
		c->changed = true;
	else if (is_newline(cp))
		put_newline(c, s, n);
	else if (is_blank(cp) || cp == '\t')
		put_blank(c, s, n);
	else if (is_control(cp)) {
		c->changed = true;
		return sequence_length(s, len, cp, n);
	} else if (is_invisible(cp))
		c->changed = true;
	else
		put_visible(c, s, n, cp);
	return n;
}

static bool
run(struct buf *out, const char *s, size_t len, enum clean_mode mode)
{
	struct cleaner c = { .out = out, .mode = mode };

	for (size_t at = 0; at < len;)
		at += step(&c, s + at, len - at);
	if (c.len > c.solid) {
		c.changed = true;
		take_back(&c);
	}
	return !c.changed;
}

bool
clean_text(struct buf *out, const char *s, size_t len, enum clean_mode mode)
{
	return run(out, s, len, mode);
}

bool
clean_is(const char *s, size_t len, enum clean_mode mode)
{
	return run(NULL, s, len, mode);
}

unsigned
fold_point(unsigned cp)
{
	if (cp < 0x10000) {
		unsigned to = fold_target[fold_page[cp >> 7]][cp & 127];
		return to != 0 ? to : cp;
	}
	size_t low = 0, high = sizeof fold_high / sizeof *fold_high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (fold_high[mid].from < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return low < sizeof fold_high / sizeof *fold_high && fold_high[low].from == cp ? fold_high[low].to : cp;
}

void
fold_text(struct buf *out, const char *s, size_t len)
{
	size_t from = 0; /* what stays as it stands is copied in one go */
	uint32_t cp;
	char bytes[4];

	for (size_t at = 0; at < len;) {
		size_t n = utf8_decode(s + at, len - at, &cp);
		uint32_t to = fold_point(cp);
		if (to != cp || (cp == REPLACEMENT && n == 1)) {
			buf_add(out, s + from, at - from);
			buf_add(out, bytes, utf8_encode(to, bytes));
			from = at + n;
		}
		at += n;
	}
	buf_add(out, s + from, len - from);
}

void
clean_into(char *out, size_t size, const char *text)
{
	struct buf clean = { 0 };
	size_t n;

	clean_text(&clean, text, strlen(text), CLEAN_LINE);
	n = clean.len < size ? clean.len : size - 1;
	while (n > 0 && n < clean.len && ((unsigned char)clean.data[n] & 0xC0) == 0x80)
		n--;
	memcpy(out, buf_text(&clean), n);
	out[n] = '\0';
	buf_free(&clean);
}
