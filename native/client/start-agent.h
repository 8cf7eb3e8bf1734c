/* Starts the agent as a process of its own, which outlives this one. */
#ifndef DSH_START_AGENT_H
#define DSH_START_AGENT_H

#include <stdbool.h>

#include "outcome.h"

/* `*process` becomes its number. False: `outcome` says why it could not be started. */
bool start_agent(const char *socket_path, long *process, struct outcome *outcome);
/* It ended before it listened: `outcome` gets its last words. */
void explain_failed_agent(const char *socket_path, struct outcome *outcome);

#endif
