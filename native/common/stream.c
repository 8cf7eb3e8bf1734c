#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptors.h"

enum {
	/* More than the kernel holds of a terminal's output (64 KiB and a line). */
	TERMINAL_BYTES_MAX = 128 * 1024,
};

static size_t smaller(size_t one, size_t other)
{
	return one < other ? one : other;
}

void source_init(struct source *source, int descriptor, uint32_t job, uint8_t stream)
{
	*source = (struct source){
		.descriptor = descriptor,
		.job = job,
		.stream = stream,
		.window = STREAM_WINDOW_BYTES,
	};
}

bool source_is_waiting(const struct source *source)
{
	return source->descriptor >= 0 && source->window > 0;
}

bool source_is_urgent(const struct source *source)
{
	return source->is_limited && source->is_terminal;
}

static void source_finish(struct source *source, struct link *link)
{
	if (source->end_key == 0)
		link_send_byte(link, source->job, FRAME_EOF, source->stream);
	else {
		/* The key ends a line, or the input after one. */
		uint8_t *keys = link_reserve_data(link);
		keys[0] = keys[1] = source->end_key;
		link_commit_data(link, source->job, source->stream, source->is_in_line ? 2 : 1);
	}
	source_close(source);
}

static ssize_t read_some(const struct source *source, uint8_t *bytes, size_t length)
{
	if (source->kind == DESCRIPTOR_SOCKET)
		return recv(source->descriptor, bytes, length, MSG_DONTWAIT);
	return read(source->descriptor, bytes, length);
}

void source_read(struct source *source, struct link *link)
{
	size_t wanted = smaller(DATA_BYTES_MAX, source->window);
	if (source->is_limited)
		wanted = smaller(wanted, source->left);
	uint8_t *bytes = link_reserve_data(link);
	ssize_t length = read_some(source, bytes, wanted);
	if (length > 0) {
		source->is_in_line = bytes[length - 1] != '\n';
		link_commit_data(link, source->job, source->stream, (size_t)length);
		source->window -= (size_t)length;
		source->left -= source->is_limited ? (size_t)length : 0;
	} else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
		/* A terminal that nobody has open any more reads as EIO. */
		source_finish(source, link);
	} else if (source->is_limited && errno == EAGAIN) {
		source->left = 0;
	}
	if (source->is_limited && source->left == 0)
		source_close(source);
}

void source_limit(struct source *source)
{
	int available = 0;
	if (source->descriptor < 0)
		return;
	/* What a terminal holds cannot be asked: some of it is still on its way inside the kernel.
	 * A read fetches that, so that one which finds nothing has seen the end. */
	source->is_limited = true;
	source->left = TERMINAL_BYTES_MAX;
	if (!source->is_terminal && ioctl(source->descriptor, FIONREAD, &available) == 0)
		source->left = (size_t)available;
	if (source->left == 0)
		source_close(source);
}

void source_close(struct source *source)
{
	close_descriptor(&source->descriptor);
}

void sink_init(struct sink *sink, int descriptor, uint32_t job, uint8_t stream)
{
	*sink = (struct sink){.descriptor = descriptor, .job = job, .stream = stream};
}

bool sink_is_waiting(const struct sink *sink)
{
	return sink->descriptor >= 0 && buffer_length(&sink->pending) > 0;
}

static void sink_break(struct sink *sink, struct link *link, int error)
{
	sink_close(sink);
	if (!sink->is_broken)
		link_send_byte(link, sink->job, FRAME_BROKEN, sink->stream);
	sink->is_broken = true;
	sink->error = error;
}

static ssize_t write_once(const struct sink *sink, const uint8_t *bytes, size_t length)
{
	switch (sink->kind) {
	case DESCRIPTOR_SOCKET:
		return send(sink->descriptor, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	case DESCRIPTOR_BLOCKING:
		return write(sink->descriptor, bytes, smaller(length, PIPE_BUF));
	case DESCRIPTOR_PLAIN:
		break;
	}
	return write(sink->descriptor, bytes, length);
}

/* Returns how much was taken. */
static size_t write_some(struct sink *sink, struct link *link, const uint8_t *bytes, size_t length)
{
	ssize_t written;
	do
		written = write_once(sink, bytes, length);
	while (written < 0 && errno == EINTR);
	if (written > 0) {
		link_send_credit(link, sink->job, sink->stream, (size_t)written);
		return (size_t)written;
	}
	if (written < 0 && errno != EAGAIN)
		sink_break(sink, link, errno);
	return 0;
}

bool sink_data(struct sink *sink, struct link *link, const uint8_t *bytes, size_t length)
{
	size_t written = 0;
	if (sink->has_eof || length == 0)
		return true;
	if (sink->descriptor < 0) {
		sink_break(sink, link, sink->error);
		return true;
	}
	if (buffer_length(&sink->pending) == 0 && sink->kind != DESCRIPTOR_BLOCKING)
		written = write_some(sink, link, bytes, length);
	size_t rest = length - written;
	if (sink->descriptor < 0 || rest == 0)
		return true;
	if (buffer_length(&sink->pending) + rest > STREAM_WINDOW_BYTES)
		return false;
	memcpy(buffer_reserve(&sink->pending, rest), bytes + written, rest);
	buffer_commit(&sink->pending, rest);
	return true;
}

void sink_eof(struct sink *sink)
{
	/* At a terminal the end of input is a key. */
	if (sink->is_terminal)
		return;
	sink->has_eof = true;
	if (buffer_length(&sink->pending) == 0)
		sink_close(sink);
}

void sink_write(struct sink *sink, struct link *link)
{
	size_t written = write_some(sink, link, buffer_front(&sink->pending),
	                            buffer_length(&sink->pending));
	if (sink->descriptor < 0)
		return;
	buffer_consume(&sink->pending, written);
	if (sink->has_eof && buffer_length(&sink->pending) == 0)
		sink_close(sink);
}

void sink_close(struct sink *sink)
{
	close_descriptor(&sink->descriptor);
	buffer_free(&sink->pending);
}
