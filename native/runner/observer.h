/*
 * Learns what a command does to files: by inotify(7), in the directory where it runs and in those
 * that its arguments name, and in new ones below these. Only what happens on this node is seen,
 * whoever does it. Files that are changed under a name in another directory are missed.
 */
#ifndef DSH_OBSERVER_H
#define DSH_OBSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "barrier.h"
#include "buffer.h"
#include "path-set.h"

enum {
	OBSERVED_DIRECTORIES_MAX = 512,
	CHANGED_PATHS_MAX = 16384,
};

struct observed_directory {
	int watch;
	char *path;
	/* More has changed in it than can be told. */
	bool is_all_changed;
};

struct observer {
	int events;
	/* Readable when nothing more is to be observed. */
	int stop;
	struct observed_directory directories[OBSERVED_DIRECTORIES_MAX];
	size_t directory_count;
	struct path_set changed;
	/* What was created or written last, among them: the server has stamped it since. */
	const char *stamped;
	/* Directories could not be observed. */
	bool is_incomplete;
};

/* False: see errno. */
bool observer_open(struct observer *observer);
/* Observes a directory; one that is observed already is so once. */
void observer_add(struct observer *observer, const char *directory);
/* Reads events until `stop` is readable, and then those that are left. */
void observer_run(struct observer *observer);
/*
 * Writes a report of each path that has changed, as it is on the server now. Returns the newest time
 * with which the server has stamped a change, in ns since 1970; 0: it is not known.
 */
uint64_t observer_report(const struct observer *observer, struct barrier *barrier,
                         struct buffer *reports);

#endif
