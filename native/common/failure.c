#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void failure_set(struct failure *failure, enum failure_reason reason, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	vsnprintf(failure->message, sizeof failure->message, format, values);
	va_end(values);
	failure->reason = reason;
	failure->length = strlen(failure->message);
}
