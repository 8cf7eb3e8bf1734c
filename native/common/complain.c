#include "complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void complain(const char *format, ...)
{
	char text[COMPLAINT_BYTES_MAX];
	va_list values;
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	/* In one write, since others have the same stderr. */
	dprintf(STDERR_FILENO, "%s: %s\n", program_name, text);
}
