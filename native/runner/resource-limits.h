/* Resource limits and nice value of the client, as far as this node grants them. */
#ifndef DSH_RESOURCE_LIMITS_H
#define DSH_RESOURCE_LIMITS_H

#include "command.h"

/*
 * Sets the limits that the command came with. Neither may exceed this node's own hard limit, which
 * takes the place of a higher one; what the client did not say stays as it is here.
 */
void apply_limits(const struct command *command);

/* A priority that the user may not have here is left as it is. */
void apply_nice(const struct command *command);

#endif
