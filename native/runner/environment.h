/* What a command's environment gets on its node. */
#ifndef DSH_ENVIRONMENT_H
#define DSH_ENVIRONMENT_H

#include "command.h"

/*
 * Adds to the command's variables those of this host that it lacks. What the command has is left
 * exactly as it came, in its order, names that come twice included: so it would have them here.
 */
void complete_environment(struct command *command, char *const own_variables[]);

#endif
