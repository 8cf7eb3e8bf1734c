/* The job server of make, which is a pipe or a file of this machine. */
#ifndef DSH_JOBSERVER_H
#define DSH_JOBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

/*
 * Puts MAKEFLAGS or MFLAGS as a field, without the words that name a job server or the lock that
 * orders output. False: it is another variable, and nothing was put.
 */
bool put_without_jobserver(struct buffer *buffer, uint16_t tag, const char *variable);

#endif
