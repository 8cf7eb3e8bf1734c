/* What this side sees of the files that a command's words name, for the other side to compare. */
#ifndef DSH_KNOWN_FILES_H
#define DSH_KNOWN_FILES_H

#include "buffer.h"

/* Puts a field for each, some 64 at most. `words` ends in NULL. */
void put_known_files(struct buffer *buffer, char *const words[]);

#endif
