#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"
#include "complain.h"
#include "trace.h"
#include "watch.h"

enum { JOB = 1 };

static void lose(struct relay *relay, struct outcome *outcome, const char *reason)
{
	relay->has_ended = true;
	/* PLACED comes before the agent hands a command over: without it nothing can have run. */
	outcome_not_started(outcome, "contact with the agent was lost: %s", reason);
	if (relay->node[0] == '\0' && relay->process == 0)
		return;
	if (relay->process == 0)
		outcome_not_started(outcome,
		                    "%s: contact with the agent was lost: %s; "
		                    "the command may have run",
		                    relay->node, reason);
	else
		outcome_not_started(outcome,
		                    "%s: contact with the agent was lost: %s; "
		                    "process %u may still have run",
		                    relay->node, reason, relay->process);
	outcome->verdict = VERDICT_LOST;
}

static void take_message(struct outcome *outcome, const uint8_t *text, size_t length)
{
	memcpy(outcome->message, text, length);
	outcome->message[length] = '\0';
}

/* True if the frame is the command's end. */
static bool take_end(const struct frame *frame, struct outcome *outcome)
{
	switch (frame->type) {
	case FRAME_EXITED:
		outcome->verdict = VERDICT_EXITED;
		outcome->value = frame->payload[0];
		return true;
	case FRAME_SIGNALLED:
		outcome->verdict = VERDICT_SIGNALLED;
		outcome->value = frame->payload[0];
		return true;
	case FRAME_TIMED_OUT:
		outcome->verdict = VERDICT_TIMED_OUT;
		return true;
	case FRAME_LOST:
		outcome->verdict = VERDICT_LOST;
		take_message(outcome, frame->payload + 4, frame->length - 4);
		return true;
	case FRAME_FAILED:
		outcome->verdict = VERDICT_NOT_STARTED;
		outcome->value = frame->payload[0];
		take_message(outcome, frame->payload + 1, frame->length - 1);
		return true;
	default:
		return false;
	}
}

static void show_notice(const struct relay *relay, const struct frame *frame)
{
	size_t length = frame->length;
	while (length > 0 && strchr(" \n\r\t", frame->payload[length - 1]) != NULL)
		length -= 1;
	if (!relay->options->is_quiet)
		complain("%.*s", (int)length, (const char *)frame->payload);
}

static void take_node(struct relay *relay, const struct frame *frame)
{
	memcpy(relay->node, frame->payload, frame->length);
	relay->node[frame->length] = '\0';
	if (relay->options->verbosity > 0)
		complain("%s", relay->node);
}

static void start_streams(struct relay *relay, uint32_t process)
{
	relay->process = process;
	if (!relay->streams.is_open)
		streams_open(&relay->streams, relay->standard, relay->terminal,
		             (relay->capabilities & CAPABLE_OF_TERMINALS) != 0);
}

static void go_on(struct relay *relay)
{
	streams_resume(&relay->streams, &relay->link);
	link_send_byte(&relay->link, JOB, FRAME_SIGNAL, SIGCONT);
}

static void stop(struct relay *relay, int number)
{
	/* ^Z was a key for the command alone; it would have stopped the whole job here. */
	bool is_whole_job = relay->terminal->is_raw;
	streams_pause(&relay->streams);
	stop_by_signal(number, is_whole_job);
	go_on(relay);
}

/* False: the agent breaks the protocol. */
static bool take_frame(struct relay *relay, const struct frame *frame)
{
	struct streams *streams = &relay->streams;
	switch (frame->type) {
	case FRAME_HELLO:
		relay->capabilities = read_u32(frame->payload + 4);
		return true;
	case FRAME_NOTICE:
		show_notice(relay, frame);
		return true;
	case FRAME_PLACED:
		trace_mark("PLACED has come");
		take_node(relay, frame);
		return true;
	case FRAME_RUN_HERE:
		trace_mark("RUN_HERE has come");
		relay->runs_here = true;
		take_node(relay, frame);
		return true;
	case FRAME_STARTED:
		trace_mark("STARTED has come");
		start_streams(relay, read_u32(frame->payload));
		return true;
	case FRAME_DATA:
		return streams_data(streams, &relay->link, frame->payload[0], frame->payload + 1,
		                    frame->length - 1);
	case FRAME_CREDIT:
		streams_credit(streams, frame->payload[0], read_u32(frame->payload + 1));
		return true;
	case FRAME_BROKEN:
		streams_broken(streams, frame->payload[0]);
		return true;
	case FRAME_CHANGED:
		memcpy(buffer_reserve(&relay->changes, frame->length), frame->payload,
		       frame->length);
		buffer_commit(&relay->changes, frame->length);
		return true;
	case FRAME_STOPPED:
		if (streams->is_open)
			stop(relay, frame->payload[0]);
		return true;
	default:
		/* EOF of an output changes nothing: ours ends with this process. */
		return true;
	}
}

static void refuse_greeting(struct relay *relay, const struct frame *frame, struct outcome *outcome)
{
	relay->has_ended = true;
	if (frame->type != FRAME_HELLO)
		outcome_not_started(outcome, "the agent at %s sent %s before hello",
		                    relay->agent->path, frame_type_name(frame->type));
	else
		outcome_not_started(outcome,
		                    "the agent at %s speaks protocol %u, this dsh %d; "
		                    "end that agent and try again",
		                    relay->agent->path, read_u32(frame->payload), PROTOCOL_VERSION);
}

static bool is_greeting(const struct frame *frame)
{
	return frame->type == FRAME_HELLO && read_u32(frame->payload) == PROTOCOL_VERSION;
}

static void take_each(struct relay *relay, struct outcome *outcome)
{
	struct frame frame;
	char reason[FRAME_REASON_BYTES];
	enum frame_state state = FRAME_PARTIAL;
	while (!relay->has_ended && !relay->runs_here &&
	       (state = link_next(&relay->link, &frame, reason)) == FRAME_WHOLE) {
		if (!relay->is_greeted) {
			if (!is_greeting(&frame))
				refuse_greeting(relay, &frame, outcome);
			relay->is_greeted = true;
			agent_settle(relay->agent);
		} else if (take_end(&frame, outcome)) {
			trace_mark("the end has come");
			relay->has_ended = true;
		} else if (!take_frame(relay, &frame))
			lose(relay, outcome, "it sent more than its window");
		link_drop(&relay->link, &frame);
	}
	if (relay->has_ended || state != FRAME_INVALID)
		return;
	lose(relay, outcome, reason);
	if (!relay->is_greeted)
		outcome_not_started(outcome, "no agent, but something else is at %s",
		                    relay->agent->path);
}

static void take_signal(struct relay *relay, const struct caught_signal *caught)
{
	if (caught->number == SIGWINCH)
		streams_resized(&relay->streams, &relay->link);
	else if (caught->number == SIGCONT && relay->streams.is_open)
		go_on(relay);
	else if (relay->streams.is_open) {
		relay->sent_signals |= UINT64_C(1) << (caught->number - 1);
		link_send_byte(&relay->link, JOB, FRAME_SIGNAL, (uint8_t)caught->number);
	} else if (caught->number == SIGTSTP)
		stop_by_signal(SIGTSTP, false);
	else if (caught->number != SIGCONT)
		/* As any process before its exec. The agent sees our socket close and calls
		 * everything off. */
		die_by_signal(caught->number);
}

static void take_signals(struct relay *relay)
{
	struct caught_signal caught;
	while (signals_next(relay->signals, &caught))
		take_signal(relay, &caught);
}

static enum link_state take_turn(struct relay *relay, struct outcome *outcome)
{
	struct link *link = &relay->link;
	struct watch_list *list = &relay->list;
	enum link_state state = link_flush(link);
	if (state != LINK_OPEN)
		return state;
	list->count = 0;
	short writes = buffer_length(&link->queued) > 0 ? POLLOUT : 0;
	int agent = watch_add(list, link->input, (short)(POLLIN | writes));
	int signals = watch_add(list, relay->signals->descriptor, POLLIN);
	int wait_ms = streams_watch(&relay->streams, list, link);
	if (!relay->is_greeted)
		wait_ms = ms_until(relay->agent->deadline_ms);
	if (poll(list->entries, list->count, wait_ms) < 0)
		return errno == EINTR ? LINK_OPEN : LINK_CLOSED;
	if (watch_has(list, signals))
		take_signals(relay);
	streams_handle(&relay->streams, list, link);
	if (list->entries[agent].revents & ~POLLOUT) {
		state = link_fill(link);
		take_each(relay, outcome);
	}
	if (!relay->is_greeted && now_ms() >= relay->agent->deadline_ms) {
		agent_explain_silence(relay->agent, outcome);
		relay->has_ended = true;
	}
	return state;
}

/* A full disk: the command could not know, and must not seem to have done its work. */
static void deny_success(struct outcome *outcome)
{
	if (outcome->verdict == VERDICT_EXITED && outcome->value == 0)
		outcome->value = 1;
}

/*
 * A command that died of a signal which we passed on would, here, have lost what it could not write;
 * waiting for its reader would keep alive what was told to die.
 */
static bool was_told_to_die(const struct relay *relay, const struct outcome *outcome)
{
	return outcome->verdict == VERDICT_SIGNALLED && outcome->value >= 1 &&
	       outcome->value <= 64 &&
	       (relay->sent_signals >> (outcome->value - 1) & 1) != 0;
}

enum relay_end relay_command(struct relay *relay, struct outcome *outcome)
{
	enum link_state state = LINK_OPEN;
	while (state == LINK_OPEN && !relay->has_ended && !relay->runs_here)
		state = take_turn(relay, outcome);
	if (relay->runs_here)
		return RELAY_RUN_HERE;
	if (!relay->has_ended && !relay->is_greeted)
		return RELAY_NOT_GREETED;
	if (!relay->has_ended)
		lose(relay, outcome, "closed by the other side");
	/* Given back first: what dsh dies of from now on must not leave the terminal raw. */
	streams_end(&relay->streams);
	signal(SIGPIPE, SIG_IGN);
	signals_release(relay->signals);
	streams_flush(&relay->streams, &relay->link, !was_told_to_die(relay, outcome));
	if (relay->streams.is_output_lost)
		deny_success(outcome);
	return RELAY_ENDED;
}
