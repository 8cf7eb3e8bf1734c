/* DSH_TRACE=1: when each step of a command was taken, printed at its end. */
#ifndef DSH_TRACE_H
#define DSH_TRACE_H

#include <stdint.h>

/* Reads DSH_TRACE; the clock starts here. */
void trace_begin(void);
/* When that was, on CLOCK_MONOTONIC; 0: no trace is wanted. */
uint64_t trace_begun_us(void);
/* `step` is kept, and must not go. */
void trace_mark(const char *step);
/* One line a step: microseconds since the start, and since the step before. */
void trace_print(void);

#endif
