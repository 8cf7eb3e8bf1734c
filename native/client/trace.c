#include "trace.h"

#include <stdlib.h>
#include <time.h>

#include "complain.h"

enum { MARKS_MAX = 32 };

static struct {
	int64_t begun_us;
	unsigned count;
	struct {
		const char *step;
		int64_t at_us;
	} marks[MARKS_MAX];
} trace;

static int64_t now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void trace_begin(void)
{
	const char *wish = getenv("DSH_TRACE");
	if (wish != NULL && wish[0] != '\0' && wish[0] != '0')
		trace.begun_us = now_us();
}

uint64_t trace_begun_us(void)
{
	return (uint64_t)trace.begun_us;
}

void trace_mark(const char *step)
{
	if (trace.begun_us == 0 || trace.count == MARKS_MAX)
		return;
	trace.marks[trace.count].step = step;
	trace.marks[trace.count].at_us = now_us() - trace.begun_us;
	trace.count += 1;
}

void trace_print(void)
{
	int64_t before_us = 0;
	for (unsigned i = 0; i < trace.count; i += 1) {
		int64_t at_us = trace.marks[i].at_us;
		complain("trace: %7lld us  +%6lld  dsh: %s", (long long)at_us,
		         (long long)(at_us - before_us), trace.marks[i].step);
		before_us = at_us;
	}
	trace.count = 0;
}
