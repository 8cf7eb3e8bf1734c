/* The variables that belong to a host, not to a command; src/core/host-variables.ts says why. */
#ifndef DSH_HOST_VARIABLES_H
#define DSH_HOST_VARIABLES_H

#include <stdbool.h>

#include "command.h"

/* `variable` is NAME or NAME=value. */
bool is_host_variable(const char *variable);

/*
 * Adds to the command's variables those of this host that it lacks. What the command has is left
 * exactly as it came, in its order, names that come twice included: so it would have them here.
 */
void complete_environment(struct command *command, char *const own_variables[]);

#endif
