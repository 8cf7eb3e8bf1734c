/*
 * A command, as START carries it. The specification is src/core/wire/command.ts. Texts are bytes;
 * none of them is looked into, but that a NUL is refused, which no word of a command can hold.
 */
#ifndef DSH_COMMAND_H
#define DSH_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "command-tags.h"
#include "file-report.h"

/* UINT64_MAX is unlimited. */
struct limit {
	bool is_given;
	uint64_t soft;
	uint64_t hard;
};

struct command {
	/* Both end in NULL, as execve(2) wants them. */
	char **arguments;
	char **variables;
	size_t variable_count;
	char *directory;
	mode_t umask;
	bool has_nice;
	int nice;
	/* By the system's number of the resource. */
	struct limit limits[RLIM_NLIMITS];
	/* Masks of the descriptors 0, 1 and 2; the others are pipes. */
	uint8_t terminals;
	uint8_t closed;
	uint8_t null_devices;
	bool has_window;
	struct winsize window;
	bool has_modes;
	uint8_t modes[TERMINAL_MODES_BYTES];
	/* 0: no limit. */
	uint64_t timeout_ms;
	bool keeps_output;
	/* Those that the caller ignores, as bits from signal 1 on. */
	uint64_t ignored_signals;
	/* The files are to be the same here as at the client, before and after. */
	bool is_coherent;
	/* How long that may take; 0: no limit. */
	uint64_t coherence_ms;
	/* Of the directory, as the client sees it; 0: it did not say. */
	uint64_t directory_inode;
	/* What the client sees of files that the arguments name; each path ends in NUL. */
	struct file_report *known_files;
	size_t known_file_count;
	/* Holds the texts. */
	char *memory;
};

/* Returns NULL, or why these are not the fields of a command; nothing is to be freed then. */
const char *command_decode(const uint8_t *bytes, size_t length, struct command *command);
void command_free(struct command *command);

#endif
