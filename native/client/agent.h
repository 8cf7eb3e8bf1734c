/* The user's agent: found, or started. */
#ifndef DSH_AGENT_H
#define DSH_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "agent-socket.h"
#include "outcome.h"

/* A way to the agent, over several attempts. */
struct agent {
	char path[SOCKET_PATH_BYTES];
	char lock[SOCKET_PATH_BYTES + 8];
	int64_t deadline_ms;
	bool has_lock;
	/* The agent that was started, or 0. */
	long process;
};

/* False: `outcome` says why there is none. */
bool agent_find(struct agent *agent, struct outcome *outcome);
/*
 * Connects, and starts the agent if there is none. Returns the socket, or -1: `outcome` says why
 * not. To be called again if the agent ends before it has said HELLO.
 */
int agent_connect(struct agent *agent, struct outcome *outcome);
/* `deadline_ms` is over, and nobody has said HELLO. */
void agent_explain_silence(const struct agent *agent, struct outcome *outcome);
/* The agent has said HELLO, or never will. */
void agent_settle(struct agent *agent);

#endif
