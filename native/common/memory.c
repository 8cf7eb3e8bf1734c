#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"

static void *insist(void *memory)
{
	if (memory == NULL) {
		complain("out of memory");
		_Exit(EXIT_NOT_STARTED);
	}
	return memory;
}

void *allocate(size_t count, size_t bytes)
{
	return insist(calloc(count > 0 ? count : 1, bytes));
}

void *reallocate(void *memory, size_t count, size_t bytes)
{
	if (count > SIZE_MAX / bytes)
		return insist(NULL);
	return insist(realloc(memory, count > 0 ? count * bytes : bytes));
}

char *copy_text(const char *text)
{
	return insist(strdup(text));
}
