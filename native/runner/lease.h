/*
 * What runner and supervisor tell each other, over a socket pair that keeps messages whole. The
 * socket is the lease as well: when the runner's end closes without LEASE_RELEASE, everything below
 * the supervisor dies.
 */
#ifndef DSH_LEASE_H
#define DSH_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

enum lease_word {
	/* The supervisor's. STARTED: value is the command's process. */
	LEASE_STARTED = 1,
	/* The command could not be started: value is a failure_reason, text says more. */
	LEASE_FAILED,
	/* The command was stopped: value is the signal. */
	LEASE_STOPPED,
	/* The command has ended, by itself or by ABANDON: value is what wait(2) says. */
	LEASE_ENDED,
	/* It has reached its time limit, and nothing of it is left. */
	LEASE_TIMED_OUT,
	/* Reports of files that the command has changed, before one of the last two: text. */
	LEASE_CHANGED,
	/* For the user: text. */
	LEASE_NOTICE,

	/* The runner's. SIGNAL: value is the signal, target another group than its own, or 0. */
	LEASE_SIGNAL,
	/* End the command and all below it, with time to clean up; then exit. */
	LEASE_ABANDON,
	/* The job is over: what the command has left behind lives on. */
	LEASE_RELEASE,
};

struct lease_message {
	int32_t word;
	int32_t value;
	int32_t target;
	uint32_t text_length;
	char text[MESSAGE_BYTES_MAX];
};

enum lease_state {
	LEASE_MESSAGE,
	LEASE_SILENT,
	LEASE_GONE,
};

/* Two ends, closed on exec; the first is the runner's and never blocks. */
bool lease_open(int ends[2]);
/* False where the other end is gone, or full, which a runner's end may be. */
bool lease_send(int lease, const struct lease_message *message);
/* Takes one message, without waiting for it. */
enum lease_state lease_receive(int lease, struct lease_message *message);

#endif
