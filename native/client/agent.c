#include "agent.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "start-agent.h"
#include "start-lock.h"

enum {
	CONNECT_DEADLINE_MS = 10000,
	/* An agent takes some 100 ms to start, of which this is lost on the average half. */
	POLL_MS = 4,
};

bool agent_find(struct agent *agent, struct outcome *outcome)
{
	*agent = (struct agent){.deadline_ms = now_ms() + CONNECT_DEADLINE_MS};
	if (!find_agent_socket(agent->path, outcome))
		return false;
	snprintf(agent->lock, sizeof agent->lock, "%s.lock", agent->path);
	return true;
}

static bool has_ended(long process)
{
	return process > 0 && kill((pid_t)process, 0) < 0 && errno == ESRCH;
}

/* Whoever gets the lock starts the agent. False: `outcome` says why it cannot be started. */
static bool start_if_first(struct agent *agent, struct outcome *outcome)
{
	if (!agent->has_lock) {
		enum lock_state state = take_start_lock(agent->lock);
		agent->has_lock = state == LOCK_TAKEN;
		if (state == LOCK_IMPOSSIBLE)
			outcome_not_started(outcome, "cannot start the agent: %s: %s", agent->lock,
			                    strerror(errno));
		/* Who held it until now may have started the agent since: look again first. */
		return state != LOCK_IMPOSSIBLE;
	}
	if (agent->process == 0)
		return start_agent(agent->path, &agent->process, outcome);
	if (!has_ended(agent->process))
		return true;
	explain_failed_agent(agent->path, outcome);
	return false;
}

void agent_explain_silence(const struct agent *agent, struct outcome *outcome)
{
	outcome_not_started(outcome,
	                    "no agent answers at %s within %d s; "
	                    "if none is being started, remove %s",
	                    agent->path, CONNECT_DEADLINE_MS / 1000, agent->lock);
}

int agent_connect(struct agent *agent, struct outcome *outcome)
{
	int descriptor;
	for (;;) {
		bool could_lock = agent->has_lock;
		switch (connect_to_agent(agent->path, &descriptor)) {
		case AGENT_CONNECTED:
			return descriptor;
		case AGENT_UNREACHABLE:
			outcome_not_started(outcome, "cannot connect to the agent at %s: %s",
			                    agent->path, strerror(errno));
			return -1;
		case AGENT_ABSENT:
			if (!start_if_first(agent, outcome))
				return -1;
			break;
		case AGENT_BUSY:
			break;
		}
		if (now_ms() > agent->deadline_ms) {
			agent_explain_silence(agent, outcome);
			return -1;
		}
		if (could_lock || !agent->has_lock)
			nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000}, NULL);
	}
}

void agent_settle(struct agent *agent)
{
	if (agent->has_lock)
		release_start_lock(agent->lock);
	agent->has_lock = false;
}
