#include "relay.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "incoming.h"
#include "watch.h"

enum {
	/* Longer than a busy machine keeps an agent waiting, less than a user's patience. */
	ANSWER_DEADLINE_MS = 10000,
};

/* A stopped agent takes signals for the command without end, and would make us deaf to them. */
static void ask_for_answer(struct relay *relay)
{
	if (relay->answer_deadline_ms != 0)
		return;
	link_send(&relay->link, CLIENT_JOB, FRAME_PING, NULL, 0);
	relay->answer_deadline_ms = now_ms() + ANSWER_DEADLINE_MS;
}

static void pass_on(struct relay *relay, int number, struct outcome *outcome)
{
	relay->sent_signals |= UINT64_C(1) << (number - 1);
	if (!relay->is_dead) {
		link_send_byte(&relay->link, CLIENT_JOB, FRAME_SIGNAL, (uint8_t)number);
		ask_for_answer(relay);
		return;
	}
	*outcome = (struct outcome){.verdict = VERDICT_SIGNALLED, .value = number};
	relay->has_ended = true;
}

static void take_signal(struct relay *relay, const struct caught_signal *caught,
                        struct outcome *outcome)
{
	bool is_command_there = relay->streams.is_open && !relay->is_dead;
	if (caught->number == SIGWINCH)
		streams_resized(&relay->streams, &relay->link);
	else if (caught->number == SIGCONT && relay->streams.is_open)
		incoming_go_on(relay);
	else if (caught->number == SIGTSTP && !is_command_there)
		stop_by_signal(SIGTSTP, false);
	else if (relay->streams.is_open)
		pass_on(relay, caught->number, outcome);
	else if (caught->number != SIGCONT)
		/* As any process before its exec. The agent sees our socket close and calls
		 * everything off. */
		die_by_signal(caught->number);
}

static void take_signals(struct relay *relay, struct outcome *outcome)
{
	struct caught_signal caught;
	while (!relay->has_ended && signals_next(relay->signals, &caught))
		take_signal(relay, &caught, outcome);
}

static void await_greeting(struct relay *relay, struct outcome *outcome)
{
	if (relay->is_greeted || now_ms() < relay->agent->deadline_ms)
		return;
	agent_explain_silence(relay->agent, outcome);
	relay->has_ended = true;
}

/* To be called where nothing can be read: the answer may be behind much output, or have come while we
 * were stopped. */
static void await_answer(struct relay *relay, struct outcome *outcome)
{
	if (relay->has_ended || relay->answer_deadline_ms == 0 ||
	    now_ms() < relay->answer_deadline_ms)
		return;
	relay->is_agent_silent = true;
	incoming_lose(relay, outcome, "it does not answer");
}

/* In poll(2)'s terms, where -1 is without end. */
static int sooner(int wait_ms, int64_t deadline_ms)
{
	int left_ms = ms_until(deadline_ms);
	return wait_ms < 0 || left_ms < wait_ms ? left_ms : wait_ms;
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
	if (relay->answer_deadline_ms != 0)
		wait_ms = sooner(wait_ms, relay->answer_deadline_ms);
	if (poll(list->entries, list->count, wait_ms) < 0)
		return errno == EINTR ? LINK_OPEN : LINK_CLOSED;
	if (watch_has(list, signals))
		take_signals(relay, outcome);
	streams_handle(&relay->streams, list, link);
	if (list->entries[agent].revents & ~POLLOUT) {
		state = link_fill(link);
		incoming_take(relay, outcome);
	} else
		await_answer(relay, outcome);
	await_greeting(relay, outcome);
	return state;
}

/* A full disk: the command could not know, and must not seem to have done its work. */
static void deny_success(struct outcome *outcome)
{
	if (outcome->verdict == VERDICT_EXITED && outcome->value == 0)
		outcome->value = 1;
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
		incoming_lose(relay, outcome, "closed by the other side");
	/* Given back first: what dsh dies of from now on must not leave the terminal raw. */
	streams_end(&relay->streams);
	signal(SIGPIPE, SIG_IGN);
	signals_release(relay->signals);
	bool is_patient = !relay->is_agent_silent && !incoming_was_wanted(relay, outcome);
	streams_flush(&relay->streams, &relay->link, is_patient);
	if (relay->streams.is_output_lost)
		deny_success(outcome);
	return RELAY_ENDED;
}
