/*
 * The options of dsh, as far as this client has them; src/dsh/options.ts has them all. Whatever is
 * rare, or wrong and wants an explanation, is left to the TypeScript client.
 */
#ifndef DSH_OPTIONS_H
#define DSH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NODE_LISTS_MAX = 64,
	SHELL_WORDS_MAX = 32,
};

enum terminal_wish {
	TERMINAL_AUTO,
	TERMINAL_ALWAYS,
	TERMINAL_NEVER,
};

/* Whether the files of a command are to be the same on both nodes. */
enum coherence_wish {
	/* Where its directory is on a network file system. */
	COHERENCE_AUTO,
	COHERENCE_ON,
	COHERENCE_OFF,
};

/* Values of an option that may come again, each of them names between commas. */
struct node_lists {
	const char *lists[NODE_LISTS_MAX];
	size_t count;
};

struct options {
	/* Ends in NULL and has a word at least. */
	char **command;
	unsigned verbosity;
	bool is_quiet;
	bool has_no_input;
	enum terminal_wish terminal;
	bool requires_cluster;
	bool keeps_output;
	uint64_t cpus;
	uint64_t memory_bytes;
	uint64_t retries;
	/* 0: none. */
	uint64_t timeout_ms;
	enum coherence_wish coherence;
	/* How long files may be waited for; 0: no limit. */
	uint64_t coherence_ms;
	struct node_lists only;
	struct node_lists excluded;
	/* The remote shell, word by word. */
	struct {
		const char *text;
		size_t length;
	} shell[SHELL_WORDS_MAX];
	size_t shell_count;
};

/* False: the TypeScript client is to take this call. `words` ends in NULL. */
bool options_parse(char *words[], struct options *options);

#endif
