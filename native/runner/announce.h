/*
 * When a client hears STARTED. One that has input to send waits for it. Any other has no use for it
 * before something else comes: STARTED then travels with the first output or the end, which for a
 * short command saves a packet, and a wake-up of each of the five processes on the way. It is not
 * held back for long, since it tells the client's dsh that the command is no longer safe to run again.
 */
#ifndef DSH_ANNOUNCE_H
#define DSH_ANNOUNCE_H

#include "job.h"

/* The command runs. */
void announce_later(struct job *job, struct link *link);
/* Before any other frame of the job; the second time nothing happens. */
void announce(struct job *job, struct link *link);
void announce_if_due(struct job *job, struct link *link);
/* As poll(2) wants it. */
int announce_wait_ms(const struct job *job);

#endif
