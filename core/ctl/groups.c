/* The table of tables: every command there is, in the order of the help. */
#include "core/ctl/ctl.h"

const struct command *const ctl_groups[] = {
	case_commands, act_commands, appeals_commands, quarantine_commands, alarm_commands, outbox_commands, route_commands, exchange_commands, user_commands,
	key_commands, status_commands, migrate_commands, sample_commands, train_commands, model_commands,
	accuracy_commands, report_commands, eval_commands, dedup_commands, burst_commands, hot_commands, shift_commands, handover_commands, leaders_commands, completion_commands, NULL
};

const struct ctl_option ctl_common[] = {
	{ "json", NULL, "one JSON object a line", WORDS_NONE },
	{ "config", "FILE", "configuration, instead of $FENBO_CONFIG or " OPTIONS_DEFAULT_PATH, WORDS_FILE },
	{ "help", NULL, "say how the command is used", WORDS_NONE },
	{ NULL, NULL, NULL, WORDS_NONE }
};
