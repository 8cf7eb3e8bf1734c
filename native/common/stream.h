/*
 * Our ends of a command's streams. A source turns what the command writes into DATA frames as far
 * as credit goes; a sink writes DATA frames to the command and gives credit back as they leave.
 * Neither holds more than a window.
 */
#ifndef DSH_STREAM_H
#define DSH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "link.h"

struct source {
	/* -1 once it has ended. */
	int descriptor;
	uint32_t job;
	uint8_t stream;
	bool is_terminal;
	/* How much the client will take. */
	uint64_t window;
	/* How much of it is still to be sent, once the command has ended. */
	bool is_limited;
	size_t left;
};

struct sink {
	/* -1 once it has ended; a terminal's ends with the job. */
	int descriptor;
	uint32_t job;
	bool is_terminal;
	bool has_eof;
	bool is_broken;
	struct buffer pending;
};

void source_init(struct source *source, int descriptor, uint32_t job, uint8_t stream);
/* Whether its descriptor is to be read. */
bool source_is_waiting(const struct source *source);
/* Whether it is to be read even if nothing is there, for then it has ended. */
bool source_is_urgent(const struct source *source);
/* Sends what is there, one frame at most; EOF at the end. */
void source_read(struct source *source, struct link *link);
/* The command has ended: what is there now is all that is to be sent. */
void source_limit(struct source *source);
void source_close(struct source *source);

void sink_init(struct sink *sink, int descriptor, uint32_t job);
/* Whether its descriptor is to be written. */
bool sink_is_waiting(const struct sink *sink);
/* False: the client has sent more than its window. */
bool sink_data(struct sink *sink, struct link *link, const uint8_t *bytes, size_t length);
void sink_eof(struct sink *sink);
void sink_write(struct sink *sink, struct link *link);
void sink_close(struct sink *sink);

#endif
