#include "outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "complain.h"
#include "signals.h"

void outcome_not_started(struct outcome *outcome, const char *format, ...)
{
	va_list values;
	outcome->verdict = VERDICT_NOT_STARTED;
	outcome->value = FAILURE_NO_NODE;
	va_start(values, format);
	vsnprintf(outcome->message, sizeof outcome->message, format, values);
	va_end(values);
}

void outcome_lost(struct outcome *outcome, const char *format, ...)
{
	va_list values;
	outcome->verdict = VERDICT_LOST;
	va_start(values, format);
	vsnprintf(outcome->message, sizeof outcome->message, format, values);
	va_end(values);
}

static int failure_status(int reason)
{
	switch (reason) {
	case FAILURE_NOT_FOUND:
		return EXIT_NOT_FOUND;
	case FAILURE_NOT_EXECUTABLE:
		return EXIT_NOT_EXECUTABLE;
	case FAILURE_INCOHERENT:
		return EXIT_INCOHERENT;
	default:
		return EXIT_NOT_STARTED;
	}
}

_Noreturn void outcome_finish(const struct outcome *outcome)
{
	switch (outcome->verdict) {
	case VERDICT_EXITED:
		_exit(outcome->value);
	case VERDICT_SIGNALLED:
		die_by_signal(outcome->value);
	case VERDICT_NOT_STARTED:
		complain("%s", outcome->message);
		_exit(failure_status(outcome->value));
	case VERDICT_TIMED_OUT:
		_exit(EXIT_TIMEOUT);
	case VERDICT_LOST:
		complain("%s", outcome->message);
		_exit(EXIT_LOST);
	}
	_exit(EXIT_NOT_STARTED);
}
