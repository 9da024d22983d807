#include "core/base/i18n.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's catalogues notice a changed LANGUAGE only when this moves. */
extern int _nl_msg_cat_cntr;

static void set_language(const char *language)
{
	setenv("LANGUAGE", language, 1);
	_nl_msg_cat_cntr++;
}

static const char *by_environment(void)
{
	const char *name = getenv("LC_ALL");

	if (getenv("LANGUAGE") && *getenv("LANGUAGE"))
		return getenv("LANGUAGE");
	if (!name || !*name)
		name = getenv("LC_MESSAGES");
	if (!name || !*name)
		name = getenv("LANG");
	if (!name || !*name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 || strncmp(name, "C.", 2) == 0)
		return "zh_CN"; /* nothing was chosen: this is a Chinese room */
	return strncmp(name, "zh", 2) == 0 ? "zh_CN" : "en";
}

static void find_catalogue(const char *exe_dir)
{
	static const char *const places[] = { "locale", "../share/locale" };
	char dir[4096], probe[4200];

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(dir, sizeof dir, "%s/%s", exe_dir, places[i]);
		snprintf(probe, sizeof probe, "%s/zh_CN/LC_MESSAGES/fenbo.mo", dir);
		if (access(probe, R_OK) == 0) {
			bindtextdomain("fenbo", dir);
			return;
		}
	}
}

void i18n_init(const char *wanted, const char *exe_dir)
{
	if (!setlocale(LC_ALL, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0 ||
	    strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0 || strcmp(setlocale(LC_MESSAGES, NULL), "POSIX") == 0)
		setlocale(LC_ALL, "C.UTF-8");
	setlocale(LC_NUMERIC, "C"); /* JSON and SQL are written with points */
	set_language(wanted && *wanted ? wanted : by_environment());
	find_catalogue(exe_dir);
	bind_textdomain_codeset("fenbo", "UTF-8");
	textdomain("fenbo");
}

void i18n_switch(const char *language)
{
	set_language(language);
}

bool i18n_chinese(void)
{
	const char *language = getenv("LANGUAGE");

	return language && strncmp(language, "zh", 2) == 0;
}
