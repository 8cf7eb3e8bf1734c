/* The command on this machine: this process becomes it. */
#ifndef DSH_RUN_HERE_H
#define DSH_RUN_HERE_H

#include "options.h"
#include "outcome.h"
#include "signals.h"
#include "standard.h"

/*
 * `lease`, the socket to the agent, stays open in the command: while it is, the agent knows that
 * the command runs. Returns only if the command could not be started, or has a time limit and has
 * ended: `outcome` says how.
 */
void run_here(const struct options *options, const struct standard *standard,
              struct signals *signals, int lease, struct outcome *outcome);

#endif
