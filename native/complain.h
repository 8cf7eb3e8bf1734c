/* What this program says itself: one line on stderr. */
#ifndef DSH_COMPLAIN_H
#define DSH_COMPLAIN_H

enum {
	/* src/core/outcome.ts has the table of statuses. */
	EXIT_NOT_STARTED = 125,
};

/* Prints `dshexec: ` and the text. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
