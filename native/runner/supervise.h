/* The process between the runner and one command. */
#ifndef DSH_SUPERVISE_H
#define DSH_SUPERVISE_H

#include "endpoints.h"
#include "command.h"

/*
 * What a process that was forked for it becomes: starts the command, tells over `lease` what comes
 * of it, obeys what comes from there (lease.h), and exits when the job is over. Never returns.
 */
_Noreturn void supervise(const struct command *command, struct endpoints *ends, int lease);

#endif
