/*
 * Finds out that the agent is gone when nobody says so: its cable is cut, say, and this end of the
 * connection has nothing to send. src/node/heartbeat.ts is the specification.
 */
#ifndef DSH_HEARTBEAT_H
#define DSH_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

struct heartbeat {
	/* The agent has said that it sends PINGs while commands run. */
	bool is_expected;
	unsigned missed;
	int64_t next_ms;
};

void heartbeat_heard(struct heartbeat *heartbeat);
/* How long to wait for something, as poll(2) wants it. */
int heartbeat_wait_ms(const struct heartbeat *heartbeat, bool is_busy);
/* False: the agent has been silent for too long. */
bool heartbeat_beat(struct heartbeat *heartbeat, bool is_busy);

#endif
