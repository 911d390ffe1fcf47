/* All settings, gathered from the rooms. */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "base/setting.h"

/* In the order of README's table; NULL at the end. */
extern const struct settings *const app_settings[];

#endif
