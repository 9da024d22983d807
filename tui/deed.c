#include "tui/deed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/i18n.h"

int deed_version(const struct console *c, case_no no)
{
	const struct summary *s = queue_find(c->queue, no);
	const struct casefile *f = console_case(c, no);

	if (s)
		return s->version;
	return f ? f->version : 0;
}

/* About the n cases in *no, which is malloc'ed and becomes the deed's. */
static struct deed *make_deed(struct console *c, enum action a, case_no *no, size_t n)
{
	struct deed *d = calloc(1, sizeof *d);

	if (!d) {
		free(no);
		return NULL;
	}
	d->action = a;
	d->args = json_object();
	d->no = no;
	d->n = no ? n : 0;
	d->version = calloc(d->n + 1, sizeof *d->version);
	if (!d->args || !d->version) {
		deed_free(d);
		return NULL;
	}
	for (size_t i = 0; i < d->n; i++)
		d->version[i] = deed_version(c, d->no[i]);
	return d;
}

struct deed *deed_new(struct console *c, enum action a)
{
	bool alone = a == ACTION_NEXT || a == ACTION_UNDO;
	case_no *no = NULL;
	struct deed *d;
	size_t n;

	if (!console_can_act(c))
		return NULL;
	n = alone ? 0 : console_targets(c, &no);
	d = make_deed(c, a, no, n);
	if (d && d->n == 0 && !alone) {
		console_say(c, ST_WARN, "%s", c->nmarked > 0 ? _("the marked cases are hidden by the filter: nothing is done") :
		    _("no case stands under the cursor"));
		deed_free(d);
		return NULL;
	}
	return d;
}

struct deed *deed_for(struct console *c, enum action a, const case_no *no, size_t n)
{
	case_no *own = console_can_act(c) ? calloc(n + 1, sizeof *own) : NULL;

	if (!own)
		return NULL;
	memcpy(own, no, n * sizeof *own);
	return make_deed(c, a, own, n);
}

void deed_free(struct deed *d)
{
	if (!d)
		return;
	free(d->no);
	free(d->version);
	json_decref(d->args);
	free(d);
}

void deed_put(struct deed *d, enum action_arg arg, const char *value)
{
	json_object_set_new(d->args, arg_name(arg), json_string(value));
}

void deed_put_list(struct deed *d, enum action_arg arg, const char *const *values, int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_string(values[i]));
	json_object_set_new(d->args, arg_name(arg), list);
}

void deed_put_json(struct deed *d, enum action_arg arg, json_t *value)
{
	json_object_set_new(d->args, arg_name(arg), value);
}

bool deed_has(const struct deed *d, enum action_arg arg)
{
	return json_object_get(d->args, arg_name(arg)) != NULL;
}

const char *deed_title(const struct deed *d, char out[160])
{
	char no[16] = "";

	if (d->n == 1)
		number_show(d->no[0], no);
	if (d->n > 1)
		snprintf(out, 160, _("%s · %zu cases"), _(action_table[d->action].name), d->n);
	else
		snprintf(out, 160, "%s · %s", _(action_table[d->action].name), no);
	return out;
}
