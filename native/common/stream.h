/*
 * The ends of a command's streams, at the runner and at the client. A source turns what it reads
 * into DATA frames as far as credit goes; a sink writes DATA frames out and gives credit back as
 * they leave. Neither holds more than a window.
 */
#ifndef DSH_STREAM_H
#define DSH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "link.h"

enum descriptor_kind {
	/* It does not block, or is a file, at which one does not wait. */
	DESCRIPTOR_PLAIN,
	/* Shared with others, who would not expect it not to block: each call asks for it. */
	DESCRIPTOR_SOCKET,
	/* Likewise, but no socket: what is writable takes PIPE_BUF bytes at once. */
	DESCRIPTOR_BLOCKING,
};

struct source {
	/* -1 once it has ended. */
	int descriptor;
	enum descriptor_kind kind;
	uint32_t job;
	uint8_t stream;
	bool is_terminal;
	/* Where the other end is a terminal, whose input has no end: the key that stands for it. */
	uint8_t end_key;
	bool is_in_line;
	/* How much the peer will take. */
	uint64_t window;
	/* How much of it is still to be sent, once the command has ended. */
	bool is_limited;
	size_t left;
};

struct sink {
	/* -1 once it has ended; a terminal's ends with the job. */
	int descriptor;
	enum descriptor_kind kind;
	uint32_t job;
	uint8_t stream;
	bool is_terminal;
	bool has_eof;
	bool is_broken;
	/* Why it is broken. */
	int error;
	struct buffer pending;
};

void source_init(struct source *source, int descriptor, uint32_t job, uint8_t stream);
/* Whether its descriptor is to be read. */
bool source_is_waiting(const struct source *source);
/* Whether it is to be read even if nothing is there, for then it has ended. */
bool source_is_urgent(const struct source *source);
/* Sends what is there, one frame at most; at the end EOF or what stands for it. */
void source_read(struct source *source, struct link *link);
/* The command has ended: what is there now is all that is to be sent. */
void source_limit(struct source *source);
void source_close(struct source *source);

void sink_init(struct sink *sink, int descriptor, uint32_t job, uint8_t stream);
/* Whether its descriptor is to be written. */
bool sink_is_waiting(const struct sink *sink);
/* False: the peer has sent more than its window. */
bool sink_data(struct sink *sink, struct link *link, const uint8_t *bytes, size_t length);
void sink_eof(struct sink *sink);
void sink_write(struct sink *sink, struct link *link);
void sink_close(struct sink *sink);

#endif
