/* The fields of START, as src/core/wire/command.ts numbers them: what a runner needs of a command. */
#ifndef DSH_COMMAND_TAGS_H
#define DSH_COMMAND_TAGS_H

enum command_tag {
	TAG_ARGUMENT = 1,
	TAG_VARIABLE = 2,
	TAG_DIRECTORY = 3,
	TAG_UMASK = 4,
	TAG_NICE = 5,
	TAG_LIMIT = 6,
	TAG_TERMINALS = 7,
	TAG_CLOSED = 8,
	TAG_WINDOW = 9,
	TAG_MODES = 10,
	TAG_TIMEOUT_MS = 11,
	TAG_KEEP_OUTPUT = 12,
	TAG_DEV_NULL = 13,
	TAG_IGNORED_SIGNALS = 14,
	TAG_COHERENCE_MS = 15,
	TAG_KNOWN_FILE = 16,
	TAG_DIRECTORY_INODE = 17,
	TAG_COUNT,
};

enum {
	NICE_ORIGIN = 20,
	LIMIT_BYTES = 18,
	WINDOW_BYTES = 8,
	TERMINAL_MODES_BYTES = 49,
	/* Of the files that arguments name. */
	KNOWN_FILES_MAX = 1024,
	/* Of the standard signals; those of real time have no fixed meaning. */
	SIGNALS_MAX = 31,
};

#endif
