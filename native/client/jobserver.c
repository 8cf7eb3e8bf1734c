#include "jobserver.h"

#include <string.h>

#include "fields.h"
#include "host-variables.h"

static bool begins_with(const char *text, size_t length, const char *prefix)
{
	size_t prefix_length = strlen(prefix);
	return length >= prefix_length && memcmp(text, prefix, prefix_length) == 0;
}

static bool is_jobserver_word(const char *word, size_t length)
{
	if (begins_with(word, length, "-j"))
		return 2 + strspn(word + 2, "0123456789") == length;
	return begins_with(word, length, "--jobserver-auth=") ||
	       begins_with(word, length, "--jobserver-fds=") ||
	       begins_with(word, length, "--sync-mutex=");
}

static void append(struct buffer *buffer, const char *text, size_t length)
{
	memcpy(buffer_reserve(buffer, length), text, length);
	buffer_commit(buffer, length);
}

/* What follows ` -- ` are definitions of variables, which may hold anything. */
static size_t options_length(const char *value)
{
	const char *definitions = strncmp(value, "-- ", 3) == 0 ? value : strstr(value, " -- ");
	return definitions != NULL ? (size_t)(definitions - value) : strlen(value);
}

bool put_without_jobserver(struct buffer *buffer, uint16_t tag, const char *variable)
{
	if (!has_same_name(variable, "MAKEFLAGS") && !has_same_name(variable, "MFLAGS"))
		return false;
	const char *value = strchr(variable, '=') + 1;
	const char *end = value + options_length(value);
	size_t field = open_field(buffer, tag);
	append(buffer, variable, (size_t)(value - variable));
	while (value < end) {
		/* Blanks and a word go or stay together. */
		size_t blanks = strspn(value, " ");
		if (blanks > (size_t)(end - value))
			blanks = (size_t)(end - value);
		const char *word = value + blanks;
		size_t length = strcspn(word, " ");
		if (length > (size_t)(end - word))
			length = (size_t)(end - word);
		if (!is_jobserver_word(word, length))
			append(buffer, value, blanks + length);
		value = word + length;
	}
	append(buffer, end, strlen(end));
	close_field(buffer, field);
	return true;
}
