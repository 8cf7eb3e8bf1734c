#include "path-set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { PLACES_MIN = 64 };

/* FNV-1a. */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(14695981039346656037);
	for (; *text != '\0'; text += 1)
		value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return value;
}

/* The place that has the path, or the free one where it belongs. */
static size_t find_place(const struct path_set *set, const char *path)
{
	size_t place = hash(path) & (set->place_count - 1);
	while (set->places[place] != 0 && strcmp(set->paths[set->places[place] - 1], path) != 0)
		place = (place + 1) & (set->place_count - 1);
	return place;
}

static void grow(struct path_set *set)
{
	set->place_count = set->place_count == 0 ? PLACES_MIN : set->place_count * 2;
	free(set->places);
	set->places = allocate(set->place_count, sizeof(size_t));
	set->paths = reallocate(set->paths, set->place_count / 2, sizeof(char *));
	for (size_t i = 0; i < set->count; i += 1)
		set->places[find_place(set, set->paths[i])] = i + 1;
}

const char *path_set_add(struct path_set *set, const char *path)
{
	if (set->count * 2 >= set->place_count)
		grow(set);
	size_t place = find_place(set, path);
	if (set->places[place] != 0)
		return set->paths[set->places[place] - 1];
	set->paths[set->count] = copy_text(path);
	set->count += 1;
	set->places[place] = set->count;
	return set->paths[set->count - 1];
}
