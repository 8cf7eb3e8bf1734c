/* What happens in the command's process between fork(2) and its program. */
#ifndef DSH_LAUNCH_H
#define DSH_LAUNCH_H

#include <sys/types.h>

#include "endpoints.h"
#include "command.h"

/*
 * Takes on the command's attributes and becomes its program. `report` is closed by the exec; if
 * there is none, a `struct failure` is written to it. Never returns.
 */
_Noreturn void launch(const struct command *command, const struct endpoints *ends, int report,
                      pid_t supervisor);

#endif
