#include "runner.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "command.h"
#include "environment.h"
#include "heartbeat.h"
#include "job.h"
#include "link.h"
#include "memory.h"
#include "watch.h"

static const char preamble[] = "\0dsh-runner-1\n";

struct runner {
	struct link link;
	struct job **jobs;
	size_t count;
	size_t capacity;
	/* The job that is looked at first: another one each turn, so that none has an advantage. */
	size_t first;
	struct watch_list list;
	struct heartbeat heartbeat;
	const struct rlimit *own_files;
	char *reason;
};

static void greet(struct link *link)
{
	uint8_t hello[8];
	memcpy(buffer_reserve(&link->queued, sizeof preamble - 1), preamble, sizeof preamble - 1);
	buffer_commit(&link->queued, sizeof preamble - 1);
	write_u32(hello, PROTOCOL_VERSION);
	write_u32(hello + 4, CAPABLE_OF_TERMINALS | CAPABLE_OF_LIMITS | CAPABLE_OF_STOPPING |
	                             CAPABLE_OF_TIMEOUTS | CAPABLE_OF_PIPES | CAPABLE_OF_COHERENCE);
	link_send(link, 0, FRAME_HELLO, hello, sizeof hello);
}

static struct job *find_job(const struct runner *runner, uint32_t number)
{
	for (size_t i = 0; i < runner->count; i += 1)
		if (runner->jobs[i]->number == number && !runner->jobs[i]->has_ended)
			return runner->jobs[i];
	return NULL;
}

static void add_job(struct runner *runner, struct job *job)
{
	if (runner->count == runner->capacity) {
		runner->capacity = runner->capacity * 2 + 16;
		runner->jobs = reallocate(runner->jobs, runner->capacity, sizeof(struct job *));
	}
	runner->jobs[runner->count] = job;
	runner->count += 1;
}

/* The runner has raised its own limit of open files, which is no affair of its commands. */
static void limit_files(struct command *command, const struct rlimit *own)
{
	struct limit *files = &command->limits[RLIMIT_NOFILE];
	if (!files->is_given)
		*files = (struct limit){true, own->rlim_cur, own->rlim_max};
}

static void start(struct runner *runner, const struct frame *frame)
{
	struct command command;
	const char *reason = command_decode(frame->payload, frame->length, &command);
	if (reason != NULL) {
		link_send_failure(&runner->link, frame->job, FAILURE_BAD_REQUEST, reason,
		                  strlen(reason));
		return;
	}
	complete_environment(&command, environ);
	limit_files(&command, runner->own_files);
	struct job *job = job_start(frame->job, &command, &runner->link);
	if (job != NULL)
		add_job(runner, job);
	command_free(&command);
}

/* False: the frame breaks the protocol. */
static bool receive(struct runner *runner, const struct frame *frame)
{
	struct job *job = find_job(runner, frame->job);
	uint32_t version;
	switch (frame->type) {
	case FRAME_HELLO:
		version = read_u32(frame->payload);
		runner->heartbeat.is_expected =
			(read_u32(frame->payload + 4) & CAPABLE_OF_HEARTBEATS) != 0;
		if (version == PROTOCOL_VERSION)
			return true;
		snprintf(runner->reason, RUNNER_REASON_BYTES,
		         "the agent speaks version %u, expected %d", version, PROTOCOL_VERSION);
		return false;
	case FRAME_PING:
		link_send(&runner->link, frame->job, FRAME_PONG, NULL, 0);
		return true;
	case FRAME_START:
		if (job == NULL) {
			start(runner, frame);
			return true;
		}
		snprintf(runner->reason, RUNNER_REASON_BYTES, "job %u was started twice",
		         frame->job);
		return false;
	default:
		/* A job that is not known has just ended: its last frame crossed with this one. */
		if (job == NULL || job_receive(job, frame, &runner->link))
			return true;
		snprintf(runner->reason, RUNNER_REASON_BYTES,
		         "job %u was sent more than a window of %d bytes", frame->job,
		         STREAM_WINDOW_BYTES);
		return false;
	}
}

static enum link_state receive_all(struct runner *runner)
{
	struct frame frame;
	enum frame_state state;
	enum link_state link_state = link_fill(&runner->link);
	heartbeat_heard(&runner->heartbeat);
	while ((state = link_next(&runner->link, &frame, runner->reason)) == FRAME_WHOLE) {
		if (!receive(runner, &frame))
			return LINK_INVALID;
		link_drop(&runner->link, &frame);
	}
	return state == FRAME_INVALID ? LINK_INVALID : link_state;
}

static void forget_ended(struct runner *runner)
{
	size_t kept = 0;
	for (size_t i = 0; i < runner->count; i += 1) {
		struct job *job = runner->jobs[i];
		if (job->has_ended)
			job_free(job);
		else
			runner->jobs[kept++] = job;
	}
	runner->count = kept;
}

/* Waits for something to do. Returns the place of the link's input, or -1. */
static int watch_all(struct runner *runner)
{
	struct watch_list *list = &runner->list;
	struct link *link = &runner->link;
	list->count = 0;
	list->is_urgent = false;
	list->wait_ms = heartbeat_wait_ms(&runner->heartbeat, runner->count > 0);
	/* In place 0 also when there is nothing to write, for then poll(2) still tells its end. */
	watch_add(list, link->output, buffer_length(&link->queued) > 0 ? POLLOUT : 0);
	int input = link_is_choked(link) ? -1 : watch_add(list, link->input, POLLIN);
	for (size_t i = 0; i < runner->count; i += 1)
		job_watch(runner->jobs[i], list, link);
	while (poll(list->entries, list->count, list->is_urgent ? 0 : list->wait_ms) < 0 &&
	       errno == EINTR)
		continue;
	return input;
}

static enum link_state take_turn(struct runner *runner)
{
	enum link_state state = LINK_OPEN;
	int input = watch_all(runner);
	if (runner->list.entries[0].revents & (POLLERR | POLLHUP | POLLNVAL))
		return LINK_CLOSED;
	size_t count = runner->count;
	for (size_t i = 0; i < count; i += 1)
		job_handle(runner->jobs[(runner->first + i) % count], &runner->list, &runner->link);
	runner->first = count > 0 ? (runner->first + 1) % count : 0;
	if (watch_has(&runner->list, input))
		state = receive_all(runner);
	forget_ended(runner);
	/* All commands end with their leases, as when the link is closed. */
	if (!heartbeat_beat(&runner->heartbeat, runner->count > 0))
		return LINK_CLOSED;
	return state == LINK_OPEN ? link_flush(&runner->link) : state;
}

/* Not the descriptors: they close with the process, and the jobs end with their leases. */
static void free_all(struct runner *runner)
{
	for (size_t i = 0; i < runner->count; i += 1)
		job_free(runner->jobs[i]);
	free(runner->jobs);
	free(runner->list.entries);
	buffer_free(&runner->link.received);
	buffer_free(&runner->link.queued);
}

bool runner_serve(int input, int output, const struct rlimit *own_files, char *reason)
{
	struct runner runner = {
		.link = {.input = input, .output = output},
		.own_files = own_files,
		.reason = reason,
	};
	enum link_state state;
	greet(&runner.link);
	state = link_flush(&runner.link);
	while (state == LINK_OPEN)
		state = take_turn(&runner);
	free_all(&runner);
	return state == LINK_CLOSED;
}
