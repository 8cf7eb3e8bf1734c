/*
 * The client's side of the barrier (barrier.h): says what it sees before the command, and sees to it
 * after the command that what was changed elsewhere is seen here.
 */
#ifndef DSH_COHERENCE_H
#define DSH_COHERENCE_H

#include <stdbool.h>

#include "buffer.h"
#include "network-mount.h"
#include "options.h"
#include "outcome.h"

/*
 * Where the files of this call are to be looked after, puts the fields of START that say what this
 * side sees. False: they are not.
 */
bool put_coherence(struct buffer *buffer, const struct options *options, const char *directory,
                   enum mount_kind mount);
/*
 * Waits until the reports that came of `node` are true here. What does not come true is told to the
 * user, and a success is one no more. `reports` may hold none; without `tells_changes` the node's
 * runner makes none.
 */
void coherence_settle(const struct options *options, const char *node, bool tells_changes,
                      struct buffer *reports, struct outcome *outcome);

#endif
