#include "link.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"

enum {
	/* At 100 Mbit/s the agent gets a frame that is queued last within 20 ms. */
	CONGESTED_BYTES = 256 * 1024,
	CHOKED_BYTES = 1024 * 1024,
	READ_BYTES = 64 * 1024,
	DATA_HEADER_BYTES = FRAME_HEADER_BYTES + 1,
};

void link_send(struct link *link, uint32_t job, uint8_t type, const void *payload, size_t length)
{
	uint8_t *at = buffer_reserve(&link->queued, FRAME_HEADER_BYTES + length);
	frame_write_header(at, job, type, length);
	if (length > 0)
		memcpy(at + FRAME_HEADER_BYTES, payload, length);
	buffer_commit(&link->queued, FRAME_HEADER_BYTES + length);
}

void link_send_byte(struct link *link, uint32_t job, uint8_t type, uint8_t value)
{
	link_send(link, job, type, &value, 1);
}

void link_send_credit(struct link *link, uint32_t job, uint8_t stream, size_t bytes)
{
	uint8_t payload[5] = {stream};
	write_u32(payload + 1, (uint32_t)bytes);
	link_send(link, job, FRAME_CREDIT, payload, sizeof payload);
}

void link_send_failure(struct link *link, uint32_t job, uint8_t reason, const char *message,
                       size_t length)
{
	uint8_t payload[1 + MESSAGE_BYTES_MAX] = {reason};
	memcpy(payload + 1, message, length);
	link_send(link, job, FRAME_FAILED, payload, 1 + length);
}

uint8_t *link_reserve_data(struct link *link)
{
	return buffer_reserve(&link->queued, DATA_HEADER_BYTES + DATA_BYTES_MAX) +
	       DATA_HEADER_BYTES;
}

void link_commit_data(struct link *link, uint32_t job, uint8_t stream, size_t length)
{
	uint8_t *at = buffer_reserve(&link->queued, DATA_HEADER_BYTES + DATA_BYTES_MAX);
	frame_write_header(at, job, FRAME_DATA, length + 1);
	at[FRAME_HEADER_BYTES] = stream;
	buffer_commit(&link->queued, DATA_HEADER_BYTES + length);
}

bool link_is_congested(const struct link *link)
{
	return buffer_length(&link->queued) > CONGESTED_BYTES;
}

bool link_is_choked(const struct link *link)
{
	return buffer_length(&link->queued) > CHOKED_BYTES;
}

enum link_state link_flush(struct link *link)
{
	while (buffer_length(&link->queued) > 0) {
		ssize_t length = write(link->output, buffer_front(&link->queued),
		                       buffer_length(&link->queued));
		if (length >= 0)
			buffer_consume(&link->queued, (size_t)length);
		else if (errno == EAGAIN)
			return LINK_OPEN;
		else if (errno != EINTR)
			return LINK_CLOSED;
	}
	return LINK_OPEN;
}

enum link_state link_fill(struct link *link)
{
	ssize_t length = read(link->input, buffer_reserve(&link->received, READ_BYTES), READ_BYTES);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR ? LINK_OPEN : LINK_CLOSED;
	buffer_commit(&link->received, (size_t)length);
	return length > 0 ? LINK_OPEN : LINK_CLOSED;
}

enum frame_state link_next(const struct link *link, struct frame *frame, char *reason)
{
	size_t wanted;
	return frame_read(buffer_front(&link->received), buffer_length(&link->received), frame,
	                  &wanted, reason);
}

void link_drop(struct link *link, const struct frame *frame)
{
	buffer_consume(&link->received, FRAME_HEADER_BYTES + frame->length);
}
