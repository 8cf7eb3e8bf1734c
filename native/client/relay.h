/* One command over the agent: what comes back is shown, run or relayed until it has ended. */
#ifndef DSH_RELAY_H
#define DSH_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "agent.h"
#include "lent-terminal.h"
#include "link.h"
#include "options.h"
#include "outcome.h"
#include "signals.h"
#include "standard.h"
#include "streams.h"

enum relay_end {
	RELAY_ENDED,
	/* The command is to be run on this machine. */
	RELAY_RUN_HERE,
	/* The agent ended before it said HELLO, and knows nothing of the command. */
	RELAY_NOT_GREETED,
};

struct relay {
	struct link link;
	struct agent *agent;
	const struct options *options;
	const struct standard *standard;
	struct lent_terminal *terminal;
	struct signals *signals;
	struct streams streams;
	struct watch_list list;
	bool is_greeted;
	bool has_ended;
	bool runs_here;
	/* Where the command was handed to; empty: nowhere. */
	char node[MESSAGE_BYTES_MAX + 1];
	uint32_t process;
	uint32_t capabilities;
	/* Signals that went to the command, as bits from signal 1 on. */
	uint64_t sent_signals;
	/* Until when the agent is to say that it has read a signal; 0: it has. */
	int64_t answer_deadline_ms;
	/* It has not in time. */
	bool is_agent_silent;
	/* ENDING has come: of the command only its output is left, which our reader holds up. */
	bool is_dead;
	/* Reports of files that the command has changed (file-report.h). */
	struct buffer changes;
};

/* `relay->link` has the request queued. `outcome` is set where RELAY_ENDED comes back. */
enum relay_end relay_command(struct relay *relay, struct outcome *outcome);

#endif
