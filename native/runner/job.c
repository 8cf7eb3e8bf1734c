#include "job.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "announce.h"
#include "bytes.h"
#include "clock.h"
#include "descriptors.h"
#include "lease.h"
#include "terminal.h"
#include "tree.h"

static void tell(const struct job *job, enum lease_word word, int value, pid_t target)
{
	struct lease_message message;
	if (job->lease < 0)
		return;
	message.word = word;
	message.value = value;
	message.target = target;
	message.text_length = 0;
	/* A supervisor that takes no more messages has its lease taken away. That kills more than
	 * RELEASE or ABANDON would, but not later; a signal may get lost. */
	if (!lease_send(job->lease, &message) && word != LEASE_SIGNAL)
		shutdown(job->lease, SHUT_WR);
}

static void close_streams(struct job *job)
{
	sink_close(&job->input);
	for (int stream = 0; stream < STREAM_COUNT; stream += 1)
		source_close(&job->outputs[stream]);
}

/* After the end frame. The supervisor hears that first, or it would take all for lost. */
static void close_job(struct job *job)
{
	tell(job, LEASE_RELEASE, 0, 0);
	close_descriptor(&job->lease);
	close_streams(job);
	close_descriptor(&job->terminal);
	job->has_ended = true;
}

static void send_lost(const struct job *job, struct link *link)
{
	uint8_t payload[4 + MESSAGE_BYTES_MAX];
	write_u32(payload, (uint32_t)job->command);
	char *text = (char *)payload + 4;
	int length = job->command > 0
	                     ? snprintf(text, MESSAGE_BYTES_MAX,
	                                "the supervisor of process %d was killed, and the process with it",
	                                job->command)
	                     : snprintf(text, MESSAGE_BYTES_MAX,
	                                "the supervisor of the command was killed; the command may have run");
	link_send(link, job->number, FRAME_LOST, payload, 4 + (size_t)length);
}

static void end(struct job *job, struct link *link)
{
	const struct verdict *verdict = &job->verdict;
	if (verdict->type == FRAME_LOST)
		send_lost(job, link);
	else if (verdict->type == FRAME_TIMED_OUT)
		link_send(link, job->number, FRAME_TIMED_OUT, NULL, 0);
	else
		link_send_byte(link, job->number, verdict->type, verdict->value);
	close_job(job);
}

static bool has_open_output(const struct job *job)
{
	for (int stream = 0; stream < STREAM_COUNT; stream += 1)
		if (job->outputs[stream].descriptor >= 0)
			return true;
	return false;
}

/* An abandoned job ends with its supervisor, which sees to the tree: its output has no reader, and
 * nobody gives it credit. */
static void end_if_complete(struct job *job, struct link *link)
{
	if (job->has_ended || !job->verdict.is_known)
		return;
	if (job->is_abandoned ? job->lease < 0 : !has_open_output(job))
		end(job, link);
}

/* Whether some of the output has to wait for credit, and the end frame with it. */
static bool is_held_up(const struct job *job)
{
	for (int stream = 0; stream < STREAM_COUNT; stream += 1) {
		const struct source *output = &job->outputs[stream];
		if (output->descriptor >= 0 && output->is_limited && output->window < output->left)
			return true;
	}
	return false;
}

/* The first counts: an abandoned job may end twice. */
static void decide(struct job *job, uint8_t type, int value, struct link *link)
{
	uint8_t ending[] = {type, (uint8_t)value};
	if (job->verdict.is_known)
		return;
	job->verdict = (struct verdict){true, type, (uint8_t)value};
	if (job->keeps_output)
		return;
	for (int stream = 0; stream < STREAM_COUNT; stream += 1)
		source_limit(&job->outputs[stream]);
	if (is_held_up(job) && type != FRAME_LOST)
		link_send(link, job->number, FRAME_ENDING, ending, type == FRAME_TIMED_OUT ? 1 : sizeof ending);
}

/* Killed before it could say that the command runs, it may have started it all the same. */
static void lose_supervisor(struct job *job, struct link *link)
{
	close_descriptor(&job->lease);
	if (job->verdict.is_known)
		return;
	announce(job, link);
	session_signal(job->supervisor, SIGKILL, 0);
	/* No frame of a stream may come before STARTED. */
	if (job->command == 0)
		close_streams(job);
	decide(job, FRAME_LOST, 0, link);
}

static void hear(struct job *job, const struct lease_message *message, struct link *link)
{
	int value = message->value;
	if (message->word != LEASE_STARTED)
		announce(job, link);
	switch (message->word) {
	case LEASE_STARTED:
		job->command = value;
		announce_later(job, link);
		break;
	case LEASE_FAILED:
		link_send_failure(link, job->number, (uint8_t)value, message->text,
		                  message->text_length);
		close_job(job);
		break;
	case LEASE_STOPPED:
		link_send_byte(link, job->number, FRAME_STOPPED, (uint8_t)value);
		break;
	case LEASE_ENDED:
		if (WIFSIGNALED(value))
			decide(job, FRAME_SIGNALLED, WTERMSIG(value), link);
		else
			decide(job, FRAME_EXITED, WEXITSTATUS(value), link);
		break;
	case LEASE_CHANGED:
	case LEASE_NOTICE:
		link_send(link, job->number,
		          message->word == LEASE_CHANGED ? FRAME_CHANGED : FRAME_NOTICE,
		          message->text, message->text_length);
		break;
	case LEASE_TIMED_OUT:
		decide(job, FRAME_TIMED_OUT, 0, link);
		break;
	default:
		break;
	}
}

static void hear_all(struct job *job, struct link *link)
{
	struct lease_message message;
	while (!job->has_ended && job->lease >= 0) {
		enum lease_state state = lease_receive(job->lease, &message);
		if (state == LEASE_SILENT)
			return;
		if (state == LEASE_GONE)
			lose_supervisor(job, link);
		else
			hear(job, &message, link);
	}
}

static void break_output(struct job *job, int stream)
{
	struct source *output = &job->outputs[stream];
	/* A terminal is hung up, which takes that all our descriptors of it are closed. */
	if (output->descriptor >= 0 && output->is_terminal) {
		close_descriptor(&job->terminal);
		if (job->input.is_terminal)
			sink_close(&job->input);
	}
	source_close(output);
}

static void send_signal(const struct job *job, int signal)
{
	pid_t target = 0;
	if (job->terminal >= 0 && is_terminal_signal(signal))
		target = tcgetpgrp(job->terminal);
	tell(job, LEASE_SIGNAL, signal, target);
}

bool job_receive(struct job *job, const struct frame *frame, struct link *link)
{
	const uint8_t *payload = frame->payload;
	switch (frame->type) {
	case FRAME_DATA:
		return payload[0] != 0 ||
		       sink_data(&job->input, link, payload + 1, frame->length - 1);
	case FRAME_EOF:
		if (payload[0] == 0)
			sink_eof(&job->input);
		break;
	case FRAME_CREDIT:
		job->outputs[payload[0]].window += read_u32(payload + 1);
		break;
	case FRAME_BROKEN:
		break_output(job, payload[0]);
		break;
	case FRAME_SIGNAL:
		send_signal(job, payload[0]);
		break;
	case FRAME_RESIZE:
		if (job->terminal >= 0)
			terminal_resize(job->terminal, read_u16(payload), read_u16(payload + 2));
		break;
	case FRAME_ABANDON:
		job->is_abandoned = true;
		tell(job, LEASE_ABANDON, 0, 0);
		break;
	default:
		break;
	}
	end_if_complete(job, link);
	return true;
}

static int watch_output(const struct source *output, struct watch_list *list)
{
	if (!source_is_waiting(output))
		return -1;
	list->is_urgent = list->is_urgent || source_is_urgent(output);
	return watch_add(list, output->descriptor, POLLIN);
}

void job_watch(struct job *job, struct watch_list *list, const struct link *link)
{
	list->wait_ms = shorter_wait_ms(list->wait_ms, announce_wait_ms(job));
	/* No frame of a stream may come before STARTED, nor with FAILED. */
	bool is_held = job->command == 0 || link_is_congested(link);
	job->watched_lease = job->lease >= 0 && !link_is_choked(link)
	                             ? watch_add(list, job->lease, POLLIN)
	                             : -1;
	job->watched_input = sink_is_waiting(&job->input)
	                             ? watch_add(list, job->input.descriptor, POLLOUT)
	                             : -1;
	for (int stream = 0; stream < STREAM_COUNT; stream += 1)
		job->watched_outputs[stream] =
			is_held ? -1 : watch_output(&job->outputs[stream], list);
}

static void handle_output(struct job *job, int stream, const struct watch_list *list,
                          struct link *link)
{
	struct source *output = &job->outputs[stream];
	int place = job->watched_outputs[stream];
	if (place < 0 || link_is_congested(link))
		return;
	if (!watch_has(list, place) && !source_is_urgent(output))
		return;
	announce(job, link);
	source_read(output, link);
}

void job_handle(struct job *job, const struct watch_list *list, struct link *link)
{
	if (watch_has(list, job->watched_input))
		sink_write(&job->input, link);
	for (int stream = 0; stream < STREAM_COUNT; stream += 1)
		handle_output(job, stream, list, link);
	if (watch_has(list, job->watched_lease))
		hear_all(job, link);
	announce_if_due(job, link);
	end_if_complete(job, link);
}

void job_free(struct job *job)
{
	buffer_free(&job->input.pending);
	free(job);
}
