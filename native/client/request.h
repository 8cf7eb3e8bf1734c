/*
 * What the agent is told of a command: a REQUEST frame, in which START's fields lie whole. The
 * specifications are src/core/wire/request.ts and command.ts.
 */
#ifndef DSH_REQUEST_H
#define DSH_REQUEST_H

#include <stdbool.h>

#include "lent-terminal.h"
#include "link.h"
#include "network-mount.h"
#include "options.h"
#include "outcome.h"
#include "standard.h"

struct request {
	const struct options *options;
	const struct standard *standard;
	const struct lent_terminal *terminal;
	uint64_t trace_begun_us;
	/* Of the current directory. */
	enum mount_kind mount;
	/* Set by request_send: files are to be looked after. */
	bool is_coherent;
};

/* Queues the frame. False: it cannot be, and `outcome` says why. */
bool request_send(struct request *request, struct link *link, struct outcome *outcome);

#endif
