#include "incoming.h"

#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "complain.h"
#include "trace.h"

void incoming_lose(struct relay *relay, struct outcome *outcome, const char *reason)
{
	relay->has_ended = true;
	/* PLACED comes before the agent hands a command over: without it nothing can have run. */
	if (relay->node[0] == '\0' && relay->process == 0)
		outcome_not_started(outcome, "contact with the agent was lost: %s", reason);
	else if (relay->process == 0)
		outcome_lost(outcome,
		             "%s: contact with the agent was lost: %s; the command may have run",
		             relay->node, reason);
	else
		outcome_lost(outcome,
		             "%s: contact with the agent was lost: %s; "
		             "process %u may still have run",
		             relay->node, reason, relay->process);
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

bool incoming_was_wanted(const struct relay *relay, const struct outcome *outcome)
{
	if (outcome->verdict == VERDICT_TIMED_OUT)
		return true;
	return outcome->verdict == VERDICT_SIGNALLED && outcome->value >= 1 &&
	       outcome->value <= 64 &&
	       (relay->sent_signals >> (outcome->value - 1) & 1) != 0;
}

/* The command is dead; its end proper comes when our reader has taken its output. */
static bool take_ending(struct relay *relay, const struct frame *frame, struct outcome *outcome)
{
	struct outcome ending = {0};
	struct frame end = {
		.type = frame->payload[0],
		.payload = frame->payload + 1,
		.length = frame->length - 1,
	};
	bool has_value = end.type == FRAME_EXITED || end.type == FRAME_SIGNALLED;
	if (end.length != (has_value ? 1 : 0) || !(has_value || end.type == FRAME_TIMED_OUT))
		return false;
	take_end(&end, &ending);
	relay->is_dead = true;
	if (!incoming_was_wanted(relay, &ending))
		return true;
	*outcome = ending;
	relay->has_ended = true;
	return true;
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

void incoming_go_on(struct relay *relay)
{
	streams_resume(&relay->streams, &relay->link);
	link_send_byte(&relay->link, CLIENT_JOB, FRAME_SIGNAL, SIGCONT);
}

static void stop(struct relay *relay, int number)
{
	/* ^Z was a key for the command alone; it would have stopped the whole job here. */
	bool is_whole_job = relay->terminal->is_raw;
	streams_pause(&relay->streams);
	stop_by_signal(number, is_whole_job);
	incoming_go_on(relay);
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
	case FRAME_PONG:
		relay->answer_deadline_ms = 0;
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

void incoming_take(struct relay *relay, struct outcome *outcome)
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
		} else if (frame.type == FRAME_ENDING) {
			if (!take_ending(relay, &frame, outcome))
				incoming_lose(relay, outcome, "malformed ending frame");
		} else if (!take_frame(relay, &frame))
			incoming_lose(relay, outcome, "it sent more than its window");
		link_drop(&relay->link, &frame);
	}
	if (relay->has_ended || state != FRAME_INVALID)
		return;
	incoming_lose(relay, outcome, reason);
	if (!relay->is_greeted)
		outcome_not_started(outcome, "no agent, but something else is at %s",
		                    relay->agent->path);
}
