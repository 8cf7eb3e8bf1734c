#include "complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void complain(const char *format, ...)
{
	char text[1024];
	va_list values;
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	/* In one write, since stderr is shared with whatever else runs under the same ssh. */
	dprintf(STDERR_FILENO, "dshexec: %s\n", text);
}
