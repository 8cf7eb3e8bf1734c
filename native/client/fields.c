#include "fields.h"

#include <string.h>

#include "bytes.h"

enum { FIELD_HEADER_BYTES = 6 };

static void write_header(uint8_t *at, uint16_t tag, size_t length)
{
	write_u16(at, tag);
	write_u32(at + 2, (uint32_t)length);
}

void put_bytes(struct buffer *buffer, uint16_t tag, const void *value, size_t length)
{
	uint8_t *at = buffer_reserve(buffer, FIELD_HEADER_BYTES + length);
	write_header(at, tag, length);
	if (length > 0)
		memcpy(at + FIELD_HEADER_BYTES, value, length);
	buffer_commit(buffer, FIELD_HEADER_BYTES + length);
}

void put_text(struct buffer *buffer, uint16_t tag, const char *text)
{
	put_bytes(buffer, tag, text, strlen(text));
}

void put_number(struct buffer *buffer, uint16_t tag, uint64_t value)
{
	uint8_t bytes[8];
	write_u64(bytes, value);
	put_bytes(buffer, tag, bytes, sizeof bytes);
}

size_t open_field(struct buffer *buffer, uint16_t tag)
{
	size_t opened = buffer_length(buffer);
	put_bytes(buffer, tag, NULL, 0);
	return opened;
}

void close_field(struct buffer *buffer, size_t opened)
{
	uint8_t *at = buffer->bytes + buffer->start + opened;
	write_u32(at + 2, (uint32_t)(buffer_length(buffer) - opened - FIELD_HEADER_BYTES));
}
