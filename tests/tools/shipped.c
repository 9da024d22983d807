#include "tests/tools/shipped.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 400 };

/* The words of a list of the policy, borrowed from it. */
static int
words_of(const json_t *list, const char **out)
{
	size_t i;
	json_t *word;
	int n = 0;

	json_array_foreach(list, i, word)
		if (n < WORDS)
			out[n++] = json_string_value(word);
	return n;
}

static struct fields *
fields_of(const json_t *policy, const struct duty_list *duty)
{
	const char *urgent[WORDS], *fast[WORDS], *type[SAID_KINDS][WORDS];
	const json_t *priorities = json_object_get(policy, "priorities"), *types = json_object_get(policy, "types");
	struct fields_policy p = { .urgent = { urgent, 0 }, .fast = { fast, 0 } };

	p.urgent.n = (size_t)words_of(json_object_get(json_object_get(priorities, "urgent"), "words"), urgent);
	p.fast.n = (size_t)words_of(json_object_get(json_object_get(priorities, "fast"), "words"), fast);
	for (int k = SAID_NOTHING + 1; k < SAID_KINDS; k++) {
		p.types.n[k] = words_of(json_object_get(types, said_kind_name((enum said_kind)k)), type[k]);
		p.types.word[k] = type[k];
	}
	return fields_new(&p, duty);
}

bool
shipped_load(struct shipped *s)
{
	struct err_list errs = { 0 };
	json_t *doc, *row;
	size_t i;
	bool ok = true;

	memset(s, 0, sizeof *s);
	if (!routing_load("conf", &s->doc, &errs) || !(s->duty = duty_list_new(1)))
		return false;
	doc = routing_json(&s->doc);
	json_array_foreach(json_object_get(doc, "items"), i, row) {
		const char *none[] = { NULL }, *keyword[WORDS + 1];
		struct duty_item item = { .code = json_string_value(json_object_get(row, "code")), .category = json_string_value(json_object_get(row, "category")),
			.class_ = json_string_value(json_object_get(row, "class")), .name = json_string_value(json_object_get(row, "name")),
			.definition = json_string_value(json_object_get(row, "definition")), .lead = json_string_value(json_object_get(row, "lead")),
			.keywords = keyword, .assist = none };

		item.nkeywords = words_of(json_object_get(row, "keywords"), keyword);
		keyword[item.nkeywords] = NULL;
		ok = ok && duty_add_item(s->duty, &item);
	}
	json_decref(doc);
	s->fields = fields_of(s->doc.policy, s->duty);
	return ok && s->fields;
}

void
shipped_free(struct shipped *s)
{
	fields_free(s->fields);
	duty_list_free(s->duty);
	routing_free(&s->doc);
}
