/* Lists of fields, written into a queue; src/core/wire/field-list.ts is the specification. */
#ifndef DSH_FIELDS_H
#define DSH_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

void put_bytes(struct buffer *buffer, uint16_t tag, const void *value, size_t length);
void put_text(struct buffer *buffer, uint16_t tag, const char *text);
void put_number(struct buffer *buffer, uint16_t tag, uint64_t value);
/* A field that holds what is put until it is closed. */
size_t open_field(struct buffer *buffer, uint16_t tag);
void close_field(struct buffer *buffer, size_t opened);

#endif
