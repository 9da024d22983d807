/* Languages, as everything on the screen asks for them. */
#ifndef FENBO_TUI_I18N_H
#define FENBO_TUI_I18N_H

#include "core/base/i18n.h"

#endif
