/* What this program says itself: one line on stderr. */
#ifndef DSH_COMPLAIN_H
#define DSH_COMPLAIN_H

enum {
	/* src/core/outcome.ts has the table of statuses. */
	EXIT_INCOHERENT = 122,
	EXIT_LOST = 123,
	EXIT_TIMEOUT = 124,
	EXIT_NOT_STARTED = 125,
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
	COMPLAINT_BYTES_MAX = 8192,
};

/* Each program has its own. */
extern const char program_name[];

/* Prints the program's name and the text, of which what is too long is cut. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
