/*
 * Completion for three shells, generated from the tables that the commands themselves are run from.
 */
#include <stdio.h>
#include <string.h>
#include "core/appeal/action.h"
#include "core/appeal/queue.h"
#include "core/ctl/ctl.h"

static const char *const roles[] = { "dispatcher", "supervisor", "admin", "unit", "feed", NULL };
static const char *const shells[] = { "bash", "zsh", "fish", NULL };

typedef void (*word_fn)(const char *word, const char *help);

static void
each_word(enum ctl_words kind, word_fn fn)
{
	if (kind == WORDS_ACTION)
		for (int i = 0; i < ACTION_COUNT; i++)
			fn(action_table[i].name, action_table[i].help);
	else if (kind == WORDS_VIEW)
		for (int i = 0; i < VIEW_COUNT; i++)
			fn(view_name(i), view_label(i));
	else if (kind == WORDS_ROLE || kind == WORDS_SHELL)
		for (const char *const *w = kind == WORDS_ROLE ? roles : shells; *w != NULL; w++)
			fn(*w, "");
}

static void
plain_word(const char *word, const char *help)
{
	(void)help;
	printf(" %s", word);
}

static void
each_command(void (*fn)(const struct command *c))
{
	for (const struct command *const *group = ctl_groups; *group != NULL; group++)
		for (const struct command *c = *group; c->name != NULL; c++)
			fn(c);
}

/* --- bash ---------------------------------------------------------------------------------------------------------- */

static void
bash_options(const struct ctl_option *o)
{
	for (; o != NULL && o->name != NULL; o++)
		printf(" --%s", o->name);
}

static void
bash_values(const char *pattern, enum ctl_words kind)
{
	if (kind == WORDS_NONE)
		return;
	printf("\t%s) ", pattern);
	if (kind == WORDS_FILE)
		puts("compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); return ;;");
	else {
		printf("COMPREPLY=($(compgen -W '");
		each_word(kind, plain_word);
		puts("' -- \"$cur\")); return ;;");
	}
}

static void
bash_command(const struct command *c)
{
	printf("\t'%s') options='", c->name);
	bash_options(c->options);
	printf("' words='");
	each_word(c->words, plain_word);
	printf("' files=%d ;;\n", c->words == WORDS_FILE);
}

static void
bash_option_values(const struct command *c)
{
	char pattern[128];

	for (const struct ctl_option *o = c->options; o != NULL && o->name != NULL; o++) {
		if (o->words == WORDS_NONE && o->arg == NULL)
			continue;
		snprintf(pattern, sizeof pattern, "'%s --%s'", c->name, o->name);
		if (o->words == WORDS_NONE)
			printf("\t%s) return ;;\n", pattern); /* a value nobody can guess */
		else
			bash_values(pattern, o->words);
	}
}

static void
bash_name(const struct command *c)
{
	printf(" '%s'", c->name);
}

static void
bash(void)
{
	puts("# bash completion for fenboctl\n"
	    "_fenboctl() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word options= words= files=0 name rest\n"
	    "\tlocal -a typed=()");
	fputs("\tlocal -a names=(", stdout);
	each_command(bash_name);
	puts(")\n"
	    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $word == -* ]] || typed+=(\"$word\"); done\n"
	    "\tfor name in \"${names[@]}\"; do\n"
	    "\t\tif [[ \"${typed[*]:0:2}\" == \"$name\" || \"${typed[0]}\" == \"$name\" ]]; then command=$name; fi\n"
	    "\tdone\n"
	    "\tif [[ -z $command ]]; then\n"
	    "\t\tfor name in \"${names[@]}\"; do\n"
	    "\t\t\tif ((${#typed[@]} == 0)); then words+=\" ${name%% *}\"\n"
	    "\t\t\telif [[ ${name%% *} == \"${typed[0]}\" ]]; then words+=\" ${name#* }\"; fi\n"
	    "\t\tdone\n"
	    "\t\tCOMPREPLY=($(compgen -W \"$words --json --config --help --version\" -- \"$cur\"))\n"
	    "\t\treturn\n"
	    "\tfi\n"
	    "\tcase \"$command $prev\" in");
	each_command(bash_option_values);
	puts("\tesac\n\tcase \"$prev\" in");
	for (const struct ctl_option *o = ctl_common; o->name != NULL; o++)
		if (o->words != WORDS_NONE)
			bash_values("--config", o->words);
	puts("\tesac\n\tcase \"$command\" in");
	each_command(bash_command);
	puts("\tesac\n"
	    "\tCOMPREPLY=($(compgen -W \"$words $options --json --config --help --version\" -- \"$cur\"))\n"
	    "\tif ((files)); then compopt -o filenames; COMPREPLY+=($(compgen -f -- \"$cur\")); fi\n"
	    "}\n"
	    "complete -F _fenboctl fenboctl");
}

/* --- zsh ----------------------------------------------------------------------------------------------------------- */

static void
zsh(void)
{
	puts("#compdef fenboctl\n"
	    "# zsh takes the completion of bash\n"
	    "autoload -U +X bashcompinit && bashcompinit\n"
	    "compopt() { :; }");
	bash();
}

/* --- fish ---------------------------------------------------------------------------------------------------------- */

static void
quote(const char *text)
{
	putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void
fish_condition(const char *name)
{
	const char *second = strchr(name, ' ');

	printf("complete -c fenboctl -n '__fish_seen_subcommand_from %.*s", (int)strcspn(name, " "), name);
	if (second != NULL)
		printf("; and __fish_seen_subcommand_from %s", second + 1);
	printf("'");
}

static void
fish_option(const struct ctl_option *o)
{
	printf(" -l %s", o->name);
	if (o->arg != NULL)
		printf(o->words == WORDS_FILE ? " -r -F" : " -x");
	if (o->words != WORDS_NONE && o->words != WORDS_FILE) {
		printf(" -a '");
		each_word(o->words, plain_word);
		printf("'");
	}
	printf(" -d ");
	quote(o->help);
	putchar('\n');
}

static void
fish_command(const struct command *c)
{
	const char *second = strchr(c->name, ' ');

	if (second != NULL)
		printf("complete -c fenboctl -n '__fish_seen_subcommand_from %.*s; and test (count (commandline -opc)) -lt 3' -f -a %s",
		    (int)strcspn(c->name, " "), c->name, second + 1);
	else
		printf("complete -c fenboctl -n __fish_use_subcommand -f -a %s", c->name);
	printf(" -d ");
	quote(c->help);
	putchar('\n');
	if (second != NULL)
		printf("complete -c fenboctl -n __fish_use_subcommand -f -a %.*s\n", (int)strcspn(c->name, " "), c->name);
	for (const struct ctl_option *o = c->options; o != NULL && o->name != NULL; o++) {
		fish_condition(c->name);
		fish_option(o);
	}
	if (c->words != WORDS_NONE) {
		fish_condition(c->name);
		printf(c->words == WORDS_FILE ? " -F" : " -f -a '");
		if (c->words != WORDS_FILE) {
			each_word(c->words, plain_word);
			printf("'");
		}
		putchar('\n');
	}
}

static void
fish(void)
{
	puts("# fish completion for fenboctl\ncomplete -c fenboctl -f");
	for (const struct ctl_option *o = ctl_common; o->name != NULL; o++) {
		printf("complete -c fenboctl");
		fish_option(o);
	}
	each_command(fish_command);
}

static int
completion(struct ctl *ctl, const struct ctl_args *a)
{
	(void)ctl;
	if (strcmp(a->word[0], "bash") == 0)
		bash();
	else if (strcmp(a->word[0], "zsh") == 0)
		zsh();
	else if (strcmp(a->word[0], "fish") == 0)
		fish();
	else
		return ctl_usage("completion: bash, zsh or fish");
	return EXIT_DONE;
}

const struct command completion_commands[] = {
	{ "completion", "bash|zsh|fish", "print the completion of a shell", NULL, 1, 1, WORDS_SHELL, completion },
	{ .name = NULL }
};
