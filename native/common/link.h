/* The connection to the agent: frames over two descriptors, which may be one socket. */
#ifndef DSH_LINK_H
#define DSH_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "frame.h"

struct link {
	int input;
	int output;
	struct buffer received;
	struct buffer queued;
};

enum link_state {
	LINK_OPEN,
	LINK_CLOSED,
	LINK_INVALID,
};

/* Queues a frame; link_flush sends all of a turn in one write. */
void link_send(struct link *link, uint32_t job, uint8_t type, const void *payload, size_t length);
/* The common payloads: a byte, and a byte and a number. */
void link_send_byte(struct link *link, uint32_t job, uint8_t type, uint8_t value);
void link_send_credit(struct link *link, uint32_t job, uint8_t stream, size_t bytes);
/* FAILED; the message is at most MESSAGE_BYTES_MAX long. */
void link_send_failure(struct link *link, uint32_t job, uint8_t reason, const char *message,
                       size_t length);

/*
 * Room for the bytes of a DATA frame, which are read straight into the queue; link_commit_data
 * makes a frame of the first `length` of them.
 */
uint8_t *link_reserve_data(struct link *link);
void link_commit_data(struct link *link, uint32_t job, uint8_t stream, size_t length);

/* So much waits for the agent that no command's output is to be added. */
bool link_is_congested(const struct link *link);
/* So much waits that not even questions are to be read which want an answer. */
bool link_is_choked(const struct link *link);

/* Writes what is queued, as far as the agent takes it. */
enum link_state link_flush(struct link *link);
/* Reads what has come, once. */
enum link_state link_fill(struct link *link);
/* Gives the next frame that came whole; `reason` is as in frame_read. */
enum frame_state link_next(const struct link *link, struct frame *frame, char *reason);
/* Drops the frame that link_next gave. */
void link_drop(struct link *link, const struct frame *frame);

#endif
