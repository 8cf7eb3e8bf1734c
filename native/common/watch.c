#include "watch.h"

#include "memory.h"

enum { FIRST_CAPACITY = 64 };

int watch_add(struct watch_list *list, int descriptor, short events)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? list->capacity * 2 : FIRST_CAPACITY;
		list->entries = reallocate(list->entries, list->capacity, sizeof list->entries[0]);
	}
	list->entries[list->count] = (struct pollfd){.fd = descriptor, .events = events};
	list->count += 1;
	return (int)list->count - 1;
}

bool watch_has(const struct watch_list *list, int place)
{
	return place >= 0 && list->entries[place].revents != 0;
}
