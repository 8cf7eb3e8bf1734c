/* What this side sees of the files that a command's words name, for the other side to compare. */
#ifndef DSH_KNOWN_FILES_H
#define DSH_KNOWN_FILES_H

#include <sys/types.h>

#include "buffer.h"

/*
 * Puts a field for each, 64 at most, that lies on `device` or on another network file system: what is
 * local here is no affair of other nodes. `words` ends in NULL.
 */
void put_known_files(struct buffer *buffer, char *const words[], dev_t device);

#endif
