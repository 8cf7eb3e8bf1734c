/*
 * A thread for what may take for ever: a server of files that hangs holds whoever asks it, and that
 * must not be the one who watches the time.
 */
#ifndef DSH_WORKER_H
#define DSH_WORKER_H

#include <pthread.h>
#include <stdbool.h>

struct worker {
	/* Readable when the work is done; -1: there is none. */
	int done;
	pthread_t thread;
	void (*work)(void *argument);
	void *argument;
};

/* False: see errno. The thread ends with the process, whatever holds it. */
bool worker_start(struct worker *worker, void (*work)(void *argument), void *argument);
/* After `done` became readable. */
void worker_end(struct worker *worker);

#endif
