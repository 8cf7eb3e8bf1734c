/* Why a command was not started, in the words that dsh shows its user. */
#ifndef DSH_FAILURE_H
#define DSH_FAILURE_H

#include <stddef.h>

#include "frame.h"

struct failure {
	enum failure_reason reason;
	size_t length;
	char message[MESSAGE_BYTES_MAX];
};

/* A message that is too long is cut. */
__attribute__((format(printf, 3, 4))) void failure_set(struct failure *failure,
                                                       enum failure_reason reason,
                                                       const char *format, ...);

#endif
