/*
 * Feeds the decoders what nobody would send. Each argument is a file with one input; without
 * arguments, stdin has many, each after its length (4 bytes, big endian). Built with sanitizers, so
 * that a byte read or written out of bounds ends it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "command.h"
#include "complain.h"
#include "environment.h"
#include "frame.h"
#include "memory.h"

const char program_name[] = "fuzz-frames";

enum { INPUT_BYTES_MAX = 1024 * 1024 };

static void decode_command(const uint8_t *bytes, size_t length)
{
	struct command command;
	if (command_decode(bytes, length, &command) != NULL)
		return;
	complete_environment(&command, environ);
	command_free(&command);
}

static void decode_frames(const uint8_t *bytes, size_t length)
{
	struct frame frame;
	size_t wanted;
	char reason[FRAME_REASON_BYTES];
	while (frame_read(bytes, length, &frame, &wanted, reason) == FRAME_WHOLE) {
		if (frame.type == FRAME_START)
			decode_command(frame.payload, frame.length);
		bytes += wanted;
		length -= wanted;
	}
}

/* In memory that is not a byte longer, so that the sanitizer sees its end. */
static void decode(const uint8_t *input, size_t length)
{
	uint8_t *bytes = malloc(length > 0 ? length : 1);
	if (bytes == NULL)
		abort();
	memcpy(bytes, input, length);
	decode_frames(bytes, length);
	decode_command(bytes, length);
	free(bytes);
}

static int decode_stream(void)
{
	static uint8_t input[INPUT_BYTES_MAX];
	uint8_t header[4];
	unsigned count = 0;
	while (fread(header, sizeof header, 1, stdin) == 1) {
		size_t length = read_u32(header);
		if (length > sizeof input || fread(input, 1, length, stdin) != length)
			return 1;
		decode(input, length);
		count += 1;
	}
	printf("%u inputs\n", count);
	return 0;
}

static int decode_file(const char *path)
{
	static uint8_t input[INPUT_BYTES_MAX];
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return 1;
	}
	decode(input, fread(input, 1, sizeof input, file));
	fclose(file);
	return 0;
}

int main(int count, char *words[])
{
	if (count == 1)
		return decode_stream();
	for (int i = 1; i < count; i += 1)
		if (decode_file(words[i]) != 0)
			return 1;
	return 0;
}
