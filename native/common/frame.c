#include "frame.h"

#include <stdbool.h>
#include <stdio.h>

#include "bytes.h"

/* The payloads of one type: their sizes, and whether they begin with the number of a stream. */
struct payload_rule {
	const char *name;
	size_t bytes_min;
	size_t bytes_max;
	bool has_stream;
};

static const struct payload_rule rules[] = {
	[FRAME_HELLO] = {"hello", 8, 8, false},
	[FRAME_REQUEST] = {"request", 0, FRAME_PAYLOAD_BYTES_MAX, false},
	[FRAME_START] = {"start", 0, FRAME_PAYLOAD_BYTES_MAX, false},
	[FRAME_PLACED] = {"placed", 0, MESSAGE_BYTES_MAX, false},
	[FRAME_RUN_HERE] = {"run-here", 0, MESSAGE_BYTES_MAX, false},
	[FRAME_STARTED] = {"started", 4, 4, false},
	[FRAME_FAILED] = {"failed", 1, 1 + MESSAGE_BYTES_MAX, false},
	[FRAME_EXITED] = {"exited", 1, 1, false},
	[FRAME_SIGNALLED] = {"signalled", 1, 1, false},
	[FRAME_LOST] = {"lost", 4, 4 + MESSAGE_BYTES_MAX, false},
	[FRAME_DATA] = {"data", 1, 1 + DATA_BYTES_MAX, true},
	[FRAME_EOF] = {"eof", 1, 1, true},
	[FRAME_BROKEN] = {"broken", 1, 1, true},
	[FRAME_CREDIT] = {"credit", 5, 5, true},
	[FRAME_SIGNAL] = {"signal", 1, 1, false},
	[FRAME_RESIZE] = {"resize", 4, 4, false},
	[FRAME_ABANDON] = {"abandon", 0, 0, false},
	[FRAME_NOTICE] = {"notice", 0, MESSAGE_BYTES_MAX, false},
	[FRAME_PING] = {"ping", 0, 0, false},
	[FRAME_PONG] = {"pong", 0, 0, false},
	[FRAME_STOPPED] = {"stopped", 1, 1, false},
	[FRAME_TIMED_OUT] = {"timed-out", 0, 0, false},
	[FRAME_ENDING] = {"ending", 1, 2, false},
	[FRAME_CHANGED] = {"changed", 0, FRAME_PAYLOAD_BYTES_MAX, false},
};

static bool is_known(uint8_t type)
{
	return type < sizeof rules / sizeof rules[0] && rules[type].name != NULL;
}

static bool is_well_formed(const struct frame *frame)
{
	const struct payload_rule *rule = &rules[frame->type];
	if (frame->length < rule->bytes_min || frame->length > rule->bytes_max)
		return false;
	if (frame->type == FRAME_FAILED)
		return frame->payload[0] >= FAILURE_NO_NODE &&
		       frame->payload[0] <= FAILURE_INCOHERENT;
	return !rule->has_stream || frame->payload[0] < STREAM_COUNT;
}

enum frame_state frame_read(const uint8_t *bytes, size_t length, struct frame *frame,
                            size_t *wanted, char *reason)
{
	*wanted = FRAME_HEADER_BYTES;
	if (length < FRAME_HEADER_BYTES)
		return FRAME_PARTIAL;
	uint32_t payload_bytes = read_u32(bytes);
	if (payload_bytes > FRAME_PAYLOAD_BYTES_MAX) {
		snprintf(reason, FRAME_REASON_BYTES, "frame of %u bytes; at most %d are allowed",
		         payload_bytes, FRAME_PAYLOAD_BYTES_MAX);
		return FRAME_INVALID;
	}
	*wanted += payload_bytes;
	if (length < *wanted)
		return FRAME_PARTIAL;
	*frame = (struct frame){
		.job = read_u32(bytes + 4),
		.type = bytes[8],
		.payload = bytes + FRAME_HEADER_BYTES,
		.length = payload_bytes,
	};
	if (!is_known(frame->type) || is_well_formed(frame))
		return FRAME_WHOLE;
	snprintf(reason, FRAME_REASON_BYTES, "malformed %s frame of %u bytes",
	         rules[frame->type].name, payload_bytes);
	return FRAME_INVALID;
}

const char *frame_type_name(uint8_t type)
{
	return is_known(type) ? rules[type].name : "unknown";
}

void frame_write_header(uint8_t *at, uint32_t job, uint8_t type, size_t payload_bytes)
{
	write_u32(at, (uint32_t)payload_bytes);
	write_u32(at + 4, job);
	at[8] = type;
}
