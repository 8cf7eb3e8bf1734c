/*
 * The frames between agent and runner. The specification is src/core/wire/frame.ts; numbers, bounds
 * and the words of errors are the same here.
 */
#ifndef DSH_FRAME_H
#define DSH_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum {
	PROTOCOL_VERSION = 1,
	/* A client's connection with its agent carries one command, under this number. */
	CLIENT_JOB = 1,
	FRAME_HEADER_BYTES = 9,
	FRAME_PAYLOAD_BYTES_MAX = 8 * 1024 * 1024,
	FRAME_REASON_BYTES = 128,
	DATA_BYTES_MAX = 65536,
	STREAM_WINDOW_BYTES = 1048576,
	MESSAGE_BYTES_MAX = 4096,
	STREAM_COUNT = 3,
	HEARTBEAT_MS = 5000,
	HEARTBEATS_MISSED_MAX = 2,
};

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_REQUEST = 2,
	FRAME_START = 3,
	FRAME_PLACED = 4,
	FRAME_RUN_HERE = 5,
	FRAME_STARTED = 6,
	FRAME_FAILED = 7,
	FRAME_EXITED = 8,
	FRAME_SIGNALLED = 9,
	FRAME_LOST = 10,
	FRAME_DATA = 11,
	FRAME_EOF = 12,
	FRAME_BROKEN = 13,
	FRAME_CREDIT = 14,
	FRAME_SIGNAL = 15,
	FRAME_RESIZE = 16,
	FRAME_ABANDON = 17,
	FRAME_NOTICE = 18,
	FRAME_PING = 19,
	FRAME_PONG = 20,
	FRAME_STOPPED = 21,
	FRAME_TIMED_OUT = 22,
	FRAME_ENDING = 23,
	FRAME_CHANGED = 24,
};

/* Why a command did not start. */
enum failure_reason {
	FAILURE_NO_NODE = 1,
	FAILURE_NO_DIRECTORY = 2,
	FAILURE_NOT_FOUND = 3,
	FAILURE_NOT_EXECUTABLE = 4,
	FAILURE_BAD_REQUEST = 5,
	FAILURE_SPAWN_FAILED = 6,
	FAILURE_INCOHERENT = 7,
};

/* What HELLO says that this runner can do. */
enum capability {
	CAPABLE_OF_TERMINALS = 1,
	CAPABLE_OF_LIMITS = 2,
	CAPABLE_OF_STOPPING = 4,
	CAPABLE_OF_TIMEOUTS = 8,
	CAPABLE_OF_PIPES = 16,
	/* Said by an agent: it sends PING every HEARTBEAT_MS while commands run. */
	CAPABLE_OF_HEARTBEATS = 32,
	CAPABLE_OF_COHERENCE = 64,
};

struct frame {
	uint32_t job;
	uint8_t type;
	const uint8_t *payload;
	size_t length;
};

enum frame_state {
	FRAME_WHOLE,
	FRAME_PARTIAL,
	FRAME_INVALID,
};

/*
 * Looks at the frame that `bytes` begin with. A whole one is checked: its payload, which stays in
 * `bytes`, has the size of its type and names a stream where it has to; a type that is not known is
 * whole as it is. Of a partial frame, `*wanted` says how many bytes it has in all, as far as that
 * can be told yet. Of an invalid one, `reason` (FRAME_REASON_BYTES) says what is wrong.
 */
enum frame_state frame_read(const uint8_t *bytes, size_t length, struct frame *frame,
                            size_t *wanted, char *reason);

/* As in src/core/wire/frame.ts; of a type that is not known, "unknown". */
const char *frame_type_name(uint8_t type);

/* Writes FRAME_HEADER_BYTES. */
void frame_write_header(uint8_t *at, uint32_t job, uint8_t type, size_t payload_bytes);

#endif
