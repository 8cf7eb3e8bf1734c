/* How a command can end; src/core/outcome.ts has the table. */
#ifndef DSH_OUTCOME_H
#define DSH_OUTCOME_H

#include "frame.h"

enum verdict {
	VERDICT_EXITED,
	VERDICT_SIGNALLED,
	VERDICT_NOT_STARTED,
	VERDICT_TIMED_OUT,
	VERDICT_LOST,
};

struct outcome {
	enum verdict verdict;
	/* The status, the signal, or the failure_reason. */
	int value;
	/* Of NOT_STARTED and LOST. */
	char message[2 * MESSAGE_BYTES_MAX];
};

__attribute__((format(printf, 2, 3))) void outcome_not_started(struct outcome *outcome,
                                                               const char *format, ...);
__attribute__((format(printf, 2, 3))) void outcome_lost(struct outcome *outcome, const char *format,
                                                        ...);
/* Ends this process as the command ended. */
_Noreturn void outcome_finish(const struct outcome *outcome);

#endif
