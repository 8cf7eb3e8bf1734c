#include "descriptors.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same number everywhere; older headers lack it. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum {
	/* Numbers are given out from below, so none lies beyond what is open at once. */
	OPEN_DESCRIPTORS_MAX = 65536,
};

bool fill_standard_descriptors(void)
{
	int descriptor;
	do {
		descriptor = open("/dev/null", O_RDWR);
		if (descriptor < 0)
			return false;
	} while (descriptor <= STDERR_FILENO);
	close(descriptor);
	return true;
}

static void close_range_of(int first, int last)
{
	if (first > last || syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0U) == 0)
		return;
	/* Linux before 5.9. */
	for (int each = first; each <= last && each < OPEN_DESCRIPTORS_MAX; each += 1)
		close(each);
}

static int compare_numbers(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

void close_descriptors_except(int *kept, size_t count)
{
	qsort(kept, count, sizeof kept[0], compare_numbers);
	int first = 0;
	for (size_t i = 0; i < count; i += 1) {
		if (kept[i] < first)
			continue;
		close_range_of(first, kept[i] - 1);
		first = kept[i] + 1;
	}
	close_range_of(first, INT_MAX);
}

void close_descriptor(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

void set_nonblocking(int descriptor)
{
	fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}
