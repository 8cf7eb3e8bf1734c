/* Deadlines, in milliseconds of a clock that nobody sets. */
#ifndef DSH_CLOCK_H
#define DSH_CLOCK_H

#include <stdint.h>

#define NEVER INT64_MAX

int64_t now_ms(void);
/* As poll(2) wants it. */
int ms_until(int64_t deadline_ms);
/* Of two such waits, of which -1 has no end. */
int shorter_wait_ms(int one, int other);

#endif
