/* What one turn of the loop waits for. It is made anew each turn, so that it cannot be stale. */
#ifndef DSH_WATCH_H
#define DSH_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct watch_list {
	struct pollfd *entries;
	size_t count;
	size_t capacity;
	/* There is something to do even if nothing comes. */
	bool is_urgent;
	/* How long to wait for something, as poll(2) wants it. */
	int wait_ms;
};

/* Returns the place of the new entry. */
int watch_add(struct watch_list *list, int descriptor, short events);
/* Whether something came at a place; -1 is no place. */
bool watch_has(const struct watch_list *list, int place);

#endif
