/* A queue of bytes that grows as it must and gives its memory back when it is empty. */
#ifndef DSH_BUFFER_H
#define DSH_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *bytes;
	size_t capacity;
	/* What is queued lies from `start` to `end`. */
	size_t start;
	size_t end;
};

size_t buffer_length(const struct buffer *buffer);
const uint8_t *buffer_front(const struct buffer *buffer);
/* Room for `length` bytes at the end; buffer_commit says how many of them were written. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t length);
void buffer_commit(struct buffer *buffer, size_t length);
void buffer_consume(struct buffer *buffer, size_t length);
void buffer_free(struct buffer *buffer);

#endif
