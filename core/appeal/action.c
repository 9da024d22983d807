#include "core/appeal/action.h"

#include <stddef.h>
#include <string.h>

const struct action_info action_table[ACTION_COUNT] = {
#define X(id, name, roles, stages, needs, may, key, asks, help) \
	[ACTION_##id] = { name, roles, stages, needs, may, key, asks, help },
	ACTION_TABLE(X)
#undef X
};

bool
action_parse(const char *name, enum action *out)
{
	for (int i = 0; name != NULL && i < ACTION_COUNT; i++)
		if (strcmp(action_table[i].name, name) == 0) {
			*out = (enum action)i;
			return true;
		}
	return false;
}

const char *
arg_name(enum action_arg arg)
{
	switch (arg) {
#define X(id, bit, wire, what) case ARG_##id: return wire;
	ARG_TABLE(X)
#undef X
	}
	return NULL;
}

bool
action_allowed(enum action a, unsigned roles, enum stage stage)
{
	if ((unsigned)a >= ACTION_COUNT || (unsigned)stage >= STAGE_COUNT)
		return false;
	return (action_table[a].roles & roles) != 0 && (action_table[a].stages & 1u << stage) != 0;
}
