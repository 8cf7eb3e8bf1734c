/*
 * What one node says of a file to another, which then looks whether it sees the same. The
 * specification is src/core/wire/file-report.ts.
 */
#ifndef DSH_FILE_REPORT_H
#define DSH_FILE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

enum {
	REPORT_HEAD_BYTES = 27,
	/* With its head a report fits into one message of the lease. */
	REPORT_PATH_BYTES_MAX = 4000,
	REPORT_BYTES_MAX = REPORT_HEAD_BYTES + REPORT_PATH_BYTES_MAX,
	DESCRIPTION_BYTES = 96,
};

enum report_kind {
	/* No such file; `ctime_ns` is that of the directory in which it was not found. */
	REPORT_ABSENT = 0,
	REPORT_FILE = 1,
	/* It is there; what is in it is reported by itself. */
	REPORT_DIRECTORY = 2,
	/* Anything in this directory may have changed. */
	REPORT_ALL_WITHIN = 3,
	/* What has changed is not known. */
	REPORT_UNKNOWN = 4,
	/* No file: `ctime_ns` is the newest on what the command has certainly changed. */
	REPORT_STAMP = 5,
	REPORT_KINDS,
};

struct file_report {
	enum report_kind kind;
	uint64_t bytes;
	/* Both by the server's clock, but the first can be set to anything. */
	uint64_t mtime_ns;
	uint64_t ctime_ns;
	/* Not sent: 0 in what has come from elsewhere. */
	uint64_t inode;
	size_t path_length;
	const char *path;
};

void write_report(struct buffer *buffer, const struct file_report *report);
/* Returns how many bytes it took; 0: they are no report. The path ends in no NUL. */
size_t read_report(const uint8_t *bytes, size_t length, struct file_report *report);
/* "no such file", or its size and time, for a message. */
void describe_report(const struct file_report *report, char text[DESCRIPTION_BYTES]);

#endif
