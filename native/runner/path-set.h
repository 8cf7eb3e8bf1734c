/* Paths, each once, in the order in which they came. */
#ifndef DSH_PATH_SET_H
#define DSH_PATH_SET_H

#include <stdbool.h>
#include <stddef.h>

struct path_set {
	char **paths;
	size_t count;
	/* Open addressing: 1 and the index of a path, or 0. Twice as many places as paths at least,
	 * a power of two. */
	size_t *places;
	size_t place_count;
};

const char *path_set_add(struct path_set *set, const char *path);

#endif
