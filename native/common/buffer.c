#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* An empty buffer that has grown beyond this gives its memory back. */
enum { KEPT_BYTES_MAX = 256 * 1024 };

size_t buffer_length(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

const uint8_t *buffer_front(const struct buffer *buffer)
{
	return buffer->bytes + buffer->start;
}

uint8_t *buffer_reserve(struct buffer *buffer, size_t length)
{
	size_t queued = buffer_length(buffer);
	if (buffer->capacity - buffer->end >= length && buffer->bytes != NULL)
		return buffer->bytes + buffer->end;
	if (buffer->start > 0) {
		memmove(buffer->bytes, buffer->bytes + buffer->start, queued);
		buffer->start = 0;
		buffer->end = queued;
	}
	if (buffer->capacity - queued < length || buffer->bytes == NULL) {
		size_t doubled = buffer->capacity * 2;
		buffer->capacity = queued + length > doubled ? queued + length : doubled;
		buffer->bytes = reallocate(buffer->bytes, buffer->capacity, 1);
	}
	return buffer->bytes + buffer->end;
}

void buffer_commit(struct buffer *buffer, size_t length)
{
	buffer->end += length;
}

void buffer_consume(struct buffer *buffer, size_t length)
{
	buffer->start += length;
	if (buffer->start < buffer->end)
		return;
	buffer->start = buffer->end = 0;
	if (buffer->capacity > KEPT_BYTES_MAX)
		buffer_free(buffer);
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){0};
}
