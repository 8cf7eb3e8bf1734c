/* Descriptors, so that none is passed on that should not be. */
#ifndef DSH_DESCRIPTORS_H
#define DSH_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* Makes 0, 1 and 2 /dev/null where they are closed, so that no other takes their place. */
bool fill_standard_descriptors(void);
/* Closes all but those in `kept`, which it sorts. */
void close_descriptors_except(int *kept, size_t count);
/* Closes what is open and marks it closed. */
void close_descriptor(int *descriptor);
void set_nonblocking(int descriptor);

#endif
