/* The variables that belong to a host, not to a command; src/core/host-variables.ts says why. */
#ifndef DSH_HOST_VARIABLES_H
#define DSH_HOST_VARIABLES_H

#include <stdbool.h>

/* `variable` is NAME or NAME=value. */
bool is_host_variable(const char *variable);
/* Whether two variables, with or without their values, have one name. */
bool has_same_name(const char *variable, const char *other);

#endif
