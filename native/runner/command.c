#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "memory.h"

enum {
	FIELD_HEADER_BYTES = 6,
	NUMBER_BYTES = 8,
	UMASK_DEFAULT = 022,
	DESCRIPTORS_MASK = 7,
};

struct field {
	uint16_t tag;
	const uint8_t *value;
	size_t length;
};

struct reader {
	const uint8_t *at;
	size_t left;
	bool has_failed;
};

/* The texts of a command while they are copied out of the frame, each with a NUL behind it. */
struct texts {
	char *next;
	size_t arguments;
	size_t variables;
	bool has_nul;
};

static bool read_field(struct reader *reader, struct field *field)
{
	if (reader->left == 0 || reader->has_failed)
		return false;
	reader->has_failed = true;
	if (reader->left < FIELD_HEADER_BYTES)
		return false;
	*field = (struct field){
		.tag = read_u16(reader->at),
		.value = reader->at + FIELD_HEADER_BYTES,
		.length = read_u32(reader->at + 2),
	};
	if (field->length > reader->left - FIELD_HEADER_BYTES)
		return false;
	reader->at += FIELD_HEADER_BYTES + field->length;
	reader->left -= FIELD_HEADER_BYTES + field->length;
	reader->has_failed = false;
	return true;
}

/* Counts each known tag. False: a field runs past the end. */
static bool count_fields(const uint8_t *bytes, size_t length, size_t counts[TAG_COUNT])
{
	struct reader reader = {bytes, length, false};
	struct field field;
	while (read_field(&reader, &field))
		if (field.tag < TAG_COUNT)
			counts[field.tag] += 1;
	return !reader.has_failed;
}

static char *copy_text_field(struct texts *texts, const struct field *field)
{
	char *text = texts->next;
	memcpy(text, field->value, field->length);
	text[field->length] = '\0';
	texts->next += field->length + 1;
	if (memchr(text, '\0', field->length) != NULL)
		texts->has_nul = true;
	return text;
}

static void take_text(struct command *command, struct texts *texts, const struct field *field)
{
	if (field->tag == TAG_ARGUMENT)
		command->arguments[texts->arguments++] = copy_text_field(texts, field);
	else if (field->tag == TAG_VARIABLE)
		command->variables[texts->variables++] = copy_text_field(texts, field);
	else if (field->tag == TAG_DIRECTORY && command->directory == NULL)
		command->directory = copy_text_field(texts, field);
}

static void take_known_file(struct command *command, struct texts *texts, const struct field *field)
{
	struct file_report report;
	if (read_report(field->value, field->length, &report) != field->length)
		return;
	struct field path = {field->tag, (const uint8_t *)report.path, report.path_length};
	report.path = copy_text_field(texts, &path);
	command->known_files[command->known_file_count++] = report;
}

static void take_limit(struct command *command, const uint8_t *value)
{
	uint8_t resource = value[0];
	if (resource >= RLIM_NLIMITS || command->limits[resource].is_given)
		return;
	command->limits[resource] = (struct limit){true, read_u64(value + 2), read_u64(value + 10)};
}

static void take_window(struct command *command, const uint8_t *value)
{
	command->has_window = true;
	command->window = (struct winsize){
		.ws_row = read_u16(value),
		.ws_col = read_u16(value + 2),
		.ws_xpixel = read_u16(value + 4),
		.ws_ypixel = read_u16(value + 6),
	};
}

static void take_number(struct command *command, uint16_t tag, uint64_t number)
{
	switch (tag) {
	case TAG_UMASK:
		command->umask = (mode_t)(number & 0777);
		break;
	case TAG_NICE:
		command->has_nice = number < 2 * NICE_ORIGIN;
		command->nice = command->has_nice ? (int)number - NICE_ORIGIN : 0;
		break;
	case TAG_TERMINALS:
		command->terminals = (uint8_t)(number & DESCRIPTORS_MASK);
		break;
	case TAG_CLOSED:
		command->closed = (uint8_t)(number & DESCRIPTORS_MASK);
		break;
	case TAG_DEV_NULL:
		command->null_devices = (uint8_t)(number & DESCRIPTORS_MASK);
		break;
	case TAG_TIMEOUT_MS:
		command->timeout_ms = number;
		break;
	case TAG_KEEP_OUTPUT:
		command->keeps_output = number == 1;
		break;
	case TAG_IGNORED_SIGNALS:
		command->ignored_signals = number;
		break;
	case TAG_COHERENCE_MS:
		command->is_coherent = true;
		command->coherence_ms = number;
		break;
	case TAG_DIRECTORY_INODE:
		command->directory_inode = number;
		break;
	default:
		break;
	}
}

/* A value of another size than its tag has counts as absent, as it does in command.ts. */
static void take_field(struct command *command, struct texts *texts, const struct field *field)
{
	if (field->tag <= TAG_DIRECTORY) {
		take_text(command, texts, field);
	} else if (field->tag == TAG_LIMIT && field->length == LIMIT_BYTES) {
		take_limit(command, field->value);
	} else if (field->tag == TAG_WINDOW && field->length == WINDOW_BYTES) {
		take_window(command, field->value);
	} else if (field->tag == TAG_MODES && field->length == TERMINAL_MODES_BYTES) {
		command->has_modes = true;
		memcpy(command->modes, field->value, TERMINAL_MODES_BYTES);
	} else if (field->tag == TAG_KNOWN_FILE) {
		take_known_file(command, texts, field);
	} else if (field->length == NUMBER_BYTES) {
		take_number(command, field->tag, read_u64(field->value));
	}
}

/* A descriptor that is closed is nothing else, and one that is /dev/null is no terminal. */
static void settle_masks(struct command *command)
{
	command->null_devices &= (uint8_t)~command->closed;
	command->terminals &= (uint8_t)~(command->closed | command->null_devices);
}

const char *command_decode(const uint8_t *bytes, size_t length, struct command *command)
{
	size_t counts[TAG_COUNT] = {0};
	if (!count_fields(bytes, length, counts))
		return "a field runs past the end of its frame";
	*command = (struct command){.umask = UMASK_DEFAULT};
	/* A field's header is longer than the NUL that each text gets. */
	command->memory = allocate(length, 1);
	command->arguments = allocate(counts[TAG_ARGUMENT] + 1, sizeof(char *));
	command->variables = allocate(counts[TAG_VARIABLE] + 1, sizeof(char *));
	command->variable_count = counts[TAG_VARIABLE];
	if (counts[TAG_KNOWN_FILE] > 0)
		command->known_files = allocate(counts[TAG_KNOWN_FILE], sizeof(struct file_report));

	struct texts texts = {.next = command->memory};
	struct reader reader = {bytes, length, false};
	struct field field;
	while (read_field(&reader, &field))
		take_field(command, &texts, &field);
	settle_masks(command);

	const char *reason = NULL;
	if (texts.arguments == 0)
		reason = "a command without words";
	else if (command->directory == NULL || command->directory[0] != '/')
		reason = "a command whose directory is not an absolute path";
	else if (texts.has_nul)
		reason = "a word with a NUL byte";
	if (reason != NULL)
		command_free(command);
	return reason;
}

void command_free(struct command *command)
{
	free(command->arguments);
	free(command->variables);
	free(command->known_files);
	free(command->memory);
}
