/* What the descriptors 0, 1 and 2 are here, so that the command's can be the same elsewhere. */
#ifndef DSH_STANDARD_H
#define DSH_STANDARD_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "stream.h"

/* Masks of the descriptors 0, 1 and 2. */
struct standard {
	/* Those that share the command's terminal. */
	uint8_t terminals;
	uint8_t closed;
	/* Those that are /dev/null: no stream flows. */
	uint8_t null_devices;
	/* The first that is a terminal here, or -1. */
	int own_terminal;
};

bool standard_has(uint8_t mask, int descriptor);
void standard_examine(struct standard *standard, const struct options *options);

/*
 * A descriptor for the same file that does not block, and that can be closed: the flag belongs to
 * what `make` and every dsh that it started share, and would have one of them fail with EAGAIN
 * ("make: write error"). So a pipe and a terminal are opened anew. -1: there is none.
 */
int standard_open(int descriptor, enum descriptor_kind *kind);

#endif
