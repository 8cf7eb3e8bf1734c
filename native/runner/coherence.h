/*
 * A command's files, as the supervisor looks after them: before it they are to be what the client
 * sees, and after it the client is told which have changed. All that asks a file system runs in a
 * thread, since one that hangs must not hold the supervisor.
 */
#ifndef DSH_COHERENCE_H
#define DSH_COHERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "barrier.h"
#include "buffer.h"
#include "command.h"
#include "failure.h"
#include "observer.h"
#include "worker.h"

struct coherence {
	const struct command *command;
	struct barrier barrier;
	struct observer observer;
	struct worker worker;
	/* The work that is under way is waited for. */
	bool is_awaited;
	/* When the user is told what is waited for; NEVER: he was. */
	int64_t notice_ms;
	/* When it is given up. The work looks at the deadline itself, unless it hangs. */
	int64_t give_up_ms;
	/* Of the work before the command. */
	bool is_settled;
	struct failure failure;
	/* Of the work after it. */
	struct buffer reports;
	/* The newest stamp of the file server, 0 where it is not known (observer.h). */
	uint64_t stamp_ns;
};

/* Starts to make the files what the client sees. False: see errno. */
bool coherence_open(struct coherence *coherence, const struct command *command);
/* The command was started: what it does is observed from now on. */
void coherence_begin(struct coherence *coherence);
/* The command has ended: starts to look what its files have become. False: that is not observed. */
bool coherence_end(struct coherence *coherence);

/* These three take NULL. Readable when work that is awaited is done; -1: none is. */
int coherence_descriptor(const struct coherence *coherence);
/* When coherence_is_due becomes true: it is time for a notice, or the deadline has passed. */
int64_t coherence_due_ms(const struct coherence *coherence);
bool coherence_is_due(const struct coherence *coherence);
bool coherence_is_overdue(const struct coherence *coherence);

#endif
