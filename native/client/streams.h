/* Our standard streams and our terminal, connected with those of a command on another node. */
#ifndef DSH_STREAMS_H
#define DSH_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lent-terminal.h"
#include "link.h"
#include "standard.h"
#include "stream.h"
#include "watch.h"

struct streams {
	const struct standard *standard;
	struct lent_terminal *terminal;
	/* The command has a terminal there. */
	bool has_terminal;
	bool is_open;
	struct source input;
	bool is_keyboard;
	/* We are in the foreground: a background job that reads its terminal is stopped. */
	bool may_read;
	struct sink outputs[STREAM_COUNT];
	bool is_output_open[STREAM_COUNT];
	/* Some output could not be written, but not for want of a reader. */
	bool is_output_lost;
	int watched_input;
	int watched_outputs[STREAM_COUNT];
};

/*
 * Call it when the command has started and not earlier, since input once read is gone.
 * `has_terminals`: the node's runner gives commands a terminal.
 */
void streams_open(struct streams *streams, const struct standard *standard,
                  struct lent_terminal *terminal, bool has_terminals);
/* False: the agent has sent more than its window. */
bool streams_data(struct streams *streams, struct link *link, uint8_t stream, const uint8_t *bytes,
                  size_t length);
void streams_credit(struct streams *streams, uint8_t stream, uint32_t bytes);
/* The command reads no more. */
void streams_broken(struct streams *streams, uint8_t stream);
/* The size of our terminal has changed. */
void streams_resized(const struct streams *streams, struct link *link);
/* We stop, and go on. */
void streams_pause(struct streams *streams);
void streams_resume(struct streams *streams, struct link *link);

/* Adds what is waited for. Returns how long to wait at the most; -1: for ever. */
int streams_watch(struct streams *streams, struct watch_list *list, const struct link *link);
void streams_handle(struct streams *streams, const struct watch_list *list, struct link *link);

/* The command has ended: input is read no more, and the terminal is given back. */
void streams_end(struct streams *streams);
/* Writes what is left. One who is not patient gives up a reader that takes nothing for a while. */
void streams_flush(struct streams *streams, struct link *link, bool is_patient);

#endif
