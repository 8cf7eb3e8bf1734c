#include "relay.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "incoming.h"
#include "watch.h"

enum { JOB = 1 };

static void take_signal(struct relay *relay, const struct caught_signal *caught)
{
	if (caught->number == SIGWINCH)
		streams_resized(&relay->streams, &relay->link);
	else if (caught->number == SIGCONT && relay->streams.is_open)
		incoming_go_on(relay);
	else if (relay->streams.is_open) {
		relay->sent_signals |= UINT64_C(1) << (caught->number - 1);
		link_send_byte(&relay->link, JOB, FRAME_SIGNAL, (uint8_t)caught->number);
		streams_expect_end(&relay->streams, &relay->link);
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

static int64_t next_deadline_ms(const struct relay *relay)
{
	return relay->is_greeted ? relay->overdue_ms : relay->agent->deadline_ms;
}

/* How long to wait, if `wait_ms`, where it is not -1, and `deadline_ms` are not to be missed. */
static int sooner(int wait_ms, int64_t deadline_ms)
{
	int left_ms = ms_until(deadline_ms);
	if (wait_ms < 0 || left_ms < 0)
		return wait_ms < 0 ? left_ms : wait_ms;
	return wait_ms < left_ms ? wait_ms : left_ms;
}

static void keep_deadlines(struct relay *relay, struct outcome *outcome)
{
	if (now_ms() < next_deadline_ms(relay))
		return;
	if (!relay->is_greeted) {
		agent_explain_silence(relay->agent, outcome);
		relay->has_ended = true;
	} else {
		relay->overdue_ms = NEVER;
		streams_expect_end(&relay->streams, &relay->link);
	}
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
	int wait_ms = sooner(streams_watch(&relay->streams, list, link), next_deadline_ms(relay));
	if (poll(list->entries, list->count, wait_ms) < 0)
		return errno == EINTR ? LINK_OPEN : LINK_CLOSED;
	if (watch_has(list, signals))
		take_signals(relay);
	streams_handle(&relay->streams, list, link);
	if (list->entries[agent].revents & ~POLLOUT) {
		state = link_fill(link);
		incoming_take(relay, outcome);
	}
	keep_deadlines(relay, outcome);
	return state;
}

/* A full disk: the command could not know, and must not seem to have done its work. */
static void deny_success(struct outcome *outcome)
{
	if (outcome->verdict == VERDICT_EXITED && outcome->value == 0)
		outcome->value = 1;
}

/*
 * Who kills a command does not wait for its reader here either. One that ends by itself, when told
 * to, may have something to say.
 */
static bool was_killed(const struct relay *relay, const struct outcome *outcome)
{
	if (outcome->verdict == VERDICT_TIMED_OUT)
		return true;
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
		incoming_lose(relay, outcome, "closed by the other side");
	/* Given back first: what dsh dies of from now on must not leave the terminal raw. */
	streams_end(&relay->streams);
	signal(SIGPIPE, SIG_IGN);
	signals_release(relay->signals);
	streams_flush(&relay->streams, &relay->link, !was_killed(relay, outcome));
	if (relay->streams.is_output_lost)
		deny_success(outcome);
	return RELAY_ENDED;
}
