/* Work that asks a file server, which may not answer: it is waited for, but neither in silence nor
 * for ever, and signals come through. */
#ifndef DSH_PATIENCE_H
#define DSH_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "signals.h"

struct patience {
	void (*work)(void *argument);
	void *argument;
	/* What is being waited for; "." is the current directory. */
	const char *_Atomic *awaited;
	/* How long the work may take; 0: no limit. */
	uint64_t limit_ms;
	bool is_quiet;
	/* Held back so far; NULL: they take effect by themselves. */
	const struct signals *signals;
};

/* False: it is not done in time, or could not be begun, and the user was told. */
bool have_patience(const struct patience *patience);

#endif
