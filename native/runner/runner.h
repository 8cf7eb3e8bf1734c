/* Serves the commands of one channel, as many at once as the agent starts. */
#ifndef DSH_RUNNER_H
#define DSH_RUNNER_H

#include <stdbool.h>
#include <sys/resource.h>

enum { RUNNER_REASON_BYTES = 192 };

/*
 * Returns when the agent is gone: true, or false if it broke the protocol, and `reason` says how.
 * `own_files` is the limit of open files that commands get which come without one.
 */
bool runner_serve(int input, int output, const struct rlimit *own_files, char *reason);

#endif
