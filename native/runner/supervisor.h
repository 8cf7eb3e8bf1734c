/* The state of a supervisor: supervise.c runs it, report.c speaks for it, ending.c ends its job. */
#ifndef DSH_SUPERVISOR_H
#define DSH_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "coherence.h"
#include "failure.h"
#include "lease.h"

struct supervisor {
	int lease;
	/* Closed by the command's exec, or readable if that failed; -1 once it is known. */
	int report;
	int signals;
	/* Also the number of its process group. */
	pid_t command;
	/* The command's side of its terminal, or -1. Held while the command runs: it may close all
	 * its own and open the terminal again, and would otherwise have ended its output. */
	int terminal;
	bool has_failed;
	bool is_reaped;
	/* Of the command, as wait(2) gives it. */
	int status;
	/* The tree was told to end, by ABANDON or the time limit. */
	bool is_ending;
	bool is_abandoned;
	bool is_timed_out;
	/* NULL: nobody looks after its files. */
	struct coherence *coherence;
	/* How it ended, while its files are looked at. */
	enum lease_word end_word;
	uint64_t timeout_ms;
	/* When the time limit or the grace is over. */
	int64_t deadline_ms;
};

/* Tells the runner; one that is gone is noticed when the lease is read. */
void tell(const struct supervisor *self, enum lease_word word, int value);
void tell_text(const struct supervisor *self, enum lease_word word, const void *text, size_t length);
void tell_failure(struct supervisor *self, const struct failure *failure);
/* Tells the end, as soon as it is known what the command did to files. */
void tell_end(struct supervisor *self, enum lease_word word);

/* The files are what the client sees, before the command starts. False: `failure` says what is not. */
bool await_files(struct supervisor *self, const struct command *command, struct failure *failure);
/* The command's files can be told, or the time to tell them is over. */
void tell_files(struct supervisor *self);

/* Tells whether the exec worked. Called when that can be read, or the command has ended. */
void settle_start(struct supervisor *self);

/* Takes what has ended or stopped, and completes an end that was waited for. */
void note_children(struct supervisor *self);
/* Asks all below to end; what is left after the grace is killed. */
void begin_ending(struct supervisor *self, int grace_ms);
/* Ends what the command has left behind in the supervisor's session. */
void end_leftovers(struct supervisor *self);
/* The time limit, or the grace, is over. */
void pass_deadline(struct supervisor *self);
/* SIGKILL to all below, until nothing is left. */
void kill_everything(struct supervisor *self);

#endif
