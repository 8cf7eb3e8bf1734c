#include "heartbeat.h"

#include "clock.h"
#include "frame.h"

void heartbeat_heard(struct heartbeat *heartbeat)
{
	heartbeat->missed = 0;
}

int heartbeat_wait_ms(const struct heartbeat *heartbeat, bool is_busy)
{
	return heartbeat->is_expected && is_busy ? ms_until(heartbeat->next_ms) : -1;
}

bool heartbeat_beat(struct heartbeat *heartbeat, bool is_busy)
{
	if (!heartbeat->is_expected || !is_busy) {
		heartbeat->missed = 0;
		return true;
	}
	if (now_ms() < heartbeat->next_ms)
		return true;
	if (heartbeat->missed == HEARTBEATS_MISSED_MAX)
		return false;
	heartbeat->missed += 1;
	heartbeat->next_ms = now_ms() + HEARTBEAT_MS;
	return true;
}
