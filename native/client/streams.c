#include "streams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "complain.h"

/* A reader that is alive takes something within this, even when the machine is busy. */
enum { STANDSTILL_MS = 1000 };

static void open_input(struct streams *streams)
{
	struct source *input = &streams->input;
	const struct standard *standard = streams->standard;
	enum descriptor_kind kind;
	source_init(input, -1, CLIENT_JOB, STDIN_FILENO);
	if (standard_has(standard->null_devices | standard->closed, STDIN_FILENO))
		return;
	input->descriptor = standard_open(STDIN_FILENO, &kind);
	input->kind = kind;
	streams->is_keyboard = isatty(STDIN_FILENO);
	if (streams->has_terminal && standard_has(standard->terminals, STDIN_FILENO))
		input->end_key = streams->terminal->end_key;
}

void streams_open(struct streams *streams, const struct standard *standard,
                  struct lent_terminal *terminal, bool has_terminals)
{
	*streams = (struct streams){
		.standard = standard,
		.terminal = terminal,
		.has_terminal = has_terminals && standard->terminals != 0,
		.is_open = true,
		.may_read = true,
		.watched_input = -1,
		.watched_outputs = {-1, -1, -1},
	};
	if (!streams->has_terminal)
		terminal->is_raw = false;
	open_input(streams);
	if (streams->is_keyboard)
		streams->may_read = lent_terminal_take(terminal);
}

/* Descriptor 0 is an output only where a terminal is all that the command writes to. */
static bool is_output(const struct streams *streams, uint8_t stream)
{
	const uint8_t outputs = (1 << STDOUT_FILENO) | (1 << STDERR_FILENO);
	return stream != STDIN_FILENO ||
	       (streams->has_terminal && (streams->standard->terminals & outputs) == 0 &&
	        isatty(STDIN_FILENO));
}

/* Opened for the first byte, since most commands print nothing. */
static void open_output(struct streams *streams, uint8_t stream)
{
	enum descriptor_kind kind;
	struct sink *output = &streams->outputs[stream];
	sink_init(output, standard_open(stream, &kind), CLIENT_JOB, stream);
	output->kind = kind;
	streams->is_output_open[stream] = true;
}

/* A reader that has gone away is no error: the command gets SIGPIPE, as it would here. */
static void report_loss(struct streams *streams, uint8_t stream)
{
	static const char *const names[] = {"input", "output", "error"};
	struct sink *output = &streams->outputs[stream];
	if (!output->is_broken || output->error == 0 || output->error == EPIPE)
		return;
	complain("standard %s: %s", names[stream], strerror(output->error));
	output->error = 0;
	streams->is_output_lost = true;
}

bool streams_data(struct streams *streams, struct link *link, uint8_t stream, const uint8_t *bytes,
                  size_t length)
{
	if (!streams->is_open || !is_output(streams, stream))
		return true;
	if (!streams->is_output_open[stream])
		open_output(streams, stream);
	bool is_within_window = sink_data(&streams->outputs[stream], link, bytes, length);
	report_loss(streams, stream);
	return is_within_window;
}

void streams_credit(struct streams *streams, uint8_t stream, uint32_t bytes)
{
	if (stream == STDIN_FILENO)
		streams->input.window += bytes;
}

void streams_broken(struct streams *streams, uint8_t stream)
{
	if (stream == STDIN_FILENO)
		source_close(&streams->input);
}

void streams_resized(const struct streams *streams, struct link *link)
{
	struct winsize window;
	uint8_t payload[4];
	if (!streams->is_open || !streams->has_terminal || streams->standard->own_terminal < 0 ||
	    ioctl(streams->standard->own_terminal, TIOCGWINSZ, &window) < 0)
		return;
	write_u32(payload, (uint32_t)window.ws_row << 16 | window.ws_col);
	link_send(link, CLIENT_JOB, FRAME_RESIZE, payload, sizeof payload);
}

void streams_pause(struct streams *streams)
{
	lent_terminal_give_back(streams->terminal);
}

void streams_resume(struct streams *streams, struct link *link)
{
	if (streams->is_keyboard)
		streams->may_read = lent_terminal_take(streams->terminal);
	streams_resized(streams, link);
}

int streams_watch(struct streams *streams, struct watch_list *list, const struct link *link)
{
	bool reads = source_is_waiting(&streams->input) && !link_is_congested(link);
	streams->watched_input = -1;
	if (reads && streams->is_keyboard && !streams->may_read)
		streams->may_read = lent_terminal_take(streams->terminal);
	if (reads && streams->may_read)
		streams->watched_input = watch_add(list, streams->input.descriptor, POLLIN);
	for (int stream = 0; stream < STREAM_COUNT; stream += 1) {
		struct sink *output = &streams->outputs[stream];
		bool is_waiting = streams->is_output_open[stream] && sink_is_waiting(output);
		streams->watched_outputs[stream] =
			is_waiting ? watch_add(list, output->descriptor, POLLOUT) : -1;
	}
	return reads && !streams->may_read ? LOOK_AGAIN_MS : -1;
}

void streams_handle(struct streams *streams, const struct watch_list *list, struct link *link)
{
	for (uint8_t stream = 0; stream < STREAM_COUNT; stream += 1) {
		if (!watch_has(list, streams->watched_outputs[stream]))
			continue;
		sink_write(&streams->outputs[stream], link);
		report_loss(streams, stream);
	}
	/* A frame of the agent may have closed it since. */
	if (watch_has(list, streams->watched_input) && streams->input.descriptor >= 0)
		source_read(&streams->input, link);
}

void streams_end(struct streams *streams)
{
	if (!streams->is_open)
		return;
	source_close(&streams->input);
	lent_terminal_give_back(streams->terminal);
}

void streams_flush(struct streams *streams, struct link *link, bool is_patient)
{
	struct watch_list list = {0};
	if (!streams->is_open)
		return;
	for (;;) {
		list.count = 0;
		streams_watch(streams, &list, link);
		if (list.count == 0 || poll(list.entries, list.count, is_patient ? -1 : STANDSTILL_MS) == 0)
			break;
		streams_handle(streams, &list, link);
		/* Nobody gives credit back any more. */
		buffer_free(&link->queued);
	}
	free(list.entries);
}
