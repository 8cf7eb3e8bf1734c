/*
 * Makes this node see what another one has done to files that both share.
 *
 * An NFS client believes what it has seen for a while: that a name was not there for 30 s, the size
 * and times of a file for 3 to 60 s. What ends that at once is a question to the server about the
 * directory, and one about the file: statx(2) with AT_STATX_FORCE_SYNC is one GETATTR, whatever the
 * size of the directory, and after it names in a directory that has changed are looked up anew.
 *
 * That much is done always. Then it is verified: size and mtime are compared, and where they differ
 * the questions are asked again until a deadline. There is one case in which a question does not
 * help: a server that counts no changes tells a directory's versions apart by the time of its last
 * change, whose grain may be 10 ms. So after a while the directory is touched, which gives it a
 * new version for certain. What an NFS client says after that is the state on the server.
 */
#ifndef DSH_BARRIER_H
#define DSH_BARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "file-report.h"

struct barrier {
	/* NEVER: none. */
	int64_t deadline_ms;
	/* What the file system is being asked about, for another thread to tell the user. */
	const char *_Atomic awaited;
};

/* Asks the server about a path; `report` is what is there now, and a link is a file. */
void barrier_ask(struct barrier *barrier, const char *path, struct file_report *report);
/* The same, but of a link what it leads to. */
void barrier_ask_directory(struct barrier *barrier, const char *path, struct file_report *report);
/* Asks about all directories on the way to a path, from the root on, and then about it. */
void barrier_ask_all(struct barrier *barrier, const char *path, struct file_report *report);
/*
 * Waits until `expected`, whose path ends in NUL, or a later state is seen here. False: the
 * deadline has passed, and `seen` is what is there instead.
 */
bool barrier_await(struct barrier *barrier, const struct file_report *expected,
                   struct file_report *seen);
/* Asks about each entry of a directory of which no more is known than that it may have changed. */
void barrier_ask_within(struct barrier *barrier, const char *directory);

/* The directory in which a path lies, "." for one without a slash; false if it is too long. */
bool parent_directory(const char *path, char parent[REPORT_PATH_BYTES_MAX + 1]);

#endif
