/*
 * Memory that is there. What the runner holds is bounded, so a refusal means that the machine has
 * nothing left; the program then ends, and the leases of its jobs with it.
 */
#ifndef DSH_MEMORY_H
#define DSH_MEMORY_H

#include <stddef.h>

/* Zeroed. */
void *allocate(size_t count, size_t bytes);
void *reallocate(void *memory, size_t count, size_t bytes);
char *copy_text(const char *text);

#endif
