/*
 * Languages by gettext: English msgids in the source, tui/po/LANG.po for all programs that speak to people. N_() marks a string that is translated where it
 * is shown.
 */
#ifndef FENBO_BASE_I18N_H
#define FENBO_BASE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(s) gettext(s)
#define N_(s) s

/* Choose the language: `wanted` is "zh_CN", "en" or "" (by the locale; a plain C or POSIX locale means Chinese). The locale's
 * encoding becomes UTF-8 whatever the environment says. `exe_dir` is where the program lies: catalogues are looked for in
 * exe_dir/locale, exe_dir/../share/locale, then where the system keeps them. */
void i18n_init(const char *wanted, const char *exe_dir);
/* Change it while running. */
void i18n_switch(const char *language);
bool i18n_chinese(void);

#endif
