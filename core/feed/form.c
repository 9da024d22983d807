#include "core/feed/form.h"

#include <string.h>
#include "core/base/buf.h"
#include "core/feed/url.h"

static char *piece(struct arena *a, struct buf *scratch, const char *text, size_t len)
{
	buf_reset(scratch);
	return url_unescape(scratch, text, len, true) ? arena_strndup(a, buf_text(scratch), scratch->len) : NULL;
}

bool form_parse(struct arena *a, const char *text, size_t len, struct form *out, struct err *e)
{
	struct buf scratch = { 0 };
	size_t pairs = len > 0;
	bool ok = true;

	*out = (struct form){ 0 };
	for (size_t i = 0; i < len; i++)
		pairs += text[i] == '&';
	if (pairs > FORM_PAIRS_MAX)
		return err_set(e, ERR_INVALID, "", "more than %d fields in one form", FORM_PAIRS_MAX);
	if (pairs == 0)
		return true;
	if ((out->pair = arena_alloc(a, pairs * sizeof *out->pair)) == NULL)
		return err_set(e, ERR_INTERNAL, "", "out of memory");
	while (ok && len > 0) {
		const char *amp = memchr(text, '&', len);
		size_t n = amp ? (size_t)(amp - text) : len;
		const char *eq = memchr(text, '=', n);
		size_t name = eq ? (size_t)(eq - text) : n;

		if (n > 0) {
			struct form_pair *p = &out->pair[out->count++];

			p->name = piece(a, &scratch, text, name);
			p->value = eq ? piece(a, &scratch, eq + 1, n - name - 1) : "";
			ok = p->name && p->value;
		}
		len -= amp ? n + 1 : n;
		text += amp ? n + 1 : n;
	}
	buf_free(&scratch);
	return ok || err_set(e, ERR_INVALID, "", "a percent escape of the form is malformed");
}

const char *form_get(const struct form *f, const char *name)
{
	for (int i = 0; i < f->count; i++)
		if (!strcmp(f->pair[i].name, name))
			return f->pair[i].value;
	return NULL;
}
