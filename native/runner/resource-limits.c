#include "resource-limits.h"

static rlim_t lower(uint64_t wanted, rlim_t bound)
{
	rlim_t value = wanted == UINT64_MAX ? RLIM_INFINITY : (rlim_t)wanted;
	return value < bound ? value : bound;
}

void apply_limits(const struct command *command)
{
	for (int resource = 0; resource < RLIM_NLIMITS; resource += 1) {
		const struct limit *limit = &command->limits[resource];
		struct rlimit own;
		if (!limit->is_given || getrlimit(resource, &own) < 0)
			continue;
		/* RLIM_INFINITY is the greatest of its type, and needs no case of its own. */
		rlim_t hard = lower(limit->hard, own.rlim_max);
		own = (struct rlimit){.rlim_cur = lower(limit->soft, hard), .rlim_max = hard};
		setrlimit(resource, &own);
	}
}

void apply_nice(const struct command *command)
{
	if (command->has_nice)
		setpriority(PRIO_PROCESS, 0, command->nice);
}
