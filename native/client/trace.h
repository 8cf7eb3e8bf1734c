/* DSH_TRACE=1: when each step of a command was taken, printed at its end. */
#ifndef DSH_TRACE_H
#define DSH_TRACE_H

#include <stdbool.h>

/* Reads DSH_TRACE; the clock starts here. */
void trace_begin(void);
bool trace_is_wanted(void);
/* `step` is kept, and must not go. */
void trace_mark(const char *step);
/* One line a step: microseconds since the start, and since the step before. */
void trace_print(void);

#endif
