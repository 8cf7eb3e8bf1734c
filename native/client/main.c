/*
 * dsh: runs a command on the best machine of the cluster as if it ran here. This is the client that
 * most calls meet: small, and started in no time. It does what src/dsh/main.ts does and leaves to
 * that one, by becoming it, what is rare.
 */
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "bytes.h"
#include "coherence.h"
#include "complain.h"
#include "descriptors.h"
#include "network-mount.h"
#include "options.h"
#include "outcome.h"
#include "patience.h"
#include "relay.h"
#include "request.h"
#include "run-here.h"
#include "script-client.h"
#include "trace.h"

const char program_name[] = "dsh";

/* What is told to the agent at once: who we are, and what is wanted. */
struct words {
	struct request *request;
	struct outcome *outcome;
	/* Leads nowhere yet. */
	struct link link;
	bool are_queued;
};

static void queue_words(void *argument)
{
	struct words *words = argument;
	struct link *link = &words->link;
	uint8_t hello[8];
	write_u32(hello, PROTOCOL_VERSION);
	write_u32(hello + 4, 0);
	link_send(link, 0, FRAME_HELLO, hello, sizeof hello);
	words->are_queued = request_send(words->request, link, words->outcome);
}

/* The request tells of files. False: `outcome` says why there is none. */
static bool queue_patiently(struct words *words, const struct signals *signals)
{
	static const char *_Atomic awaited = ".";
	const struct options *options = words->request->options;
	struct patience patience = {
		.work = queue_words,
		.argument = words,
		.awaited = &awaited,
		.limit_ms = options->coherence_ms,
		.is_quiet = options->is_quiet,
		.signals = signals,
	};
	words->request->mount = current_mount_kind();
	if (words->request->mount == MOUNT_LOCAL)
		queue_words(words);
	else if (!have_patience(&patience)) {
		outcome_not_started(words->outcome, "nothing was started");
		words->outcome->value = FAILURE_INCOHERENT;
		return false;
	}
	return words->are_queued;
}

static void give_words(struct link *link, const struct words *words)
{
	size_t length = buffer_length(&words->link.queued);
	memcpy(buffer_reserve(&link->queued, length), buffer_front(&words->link.queued), length);
	buffer_commit(&link->queued, length);
}

static void settle_files(struct relay *relay, struct outcome *outcome)
{
	trace_mark("the output has left");
	coherence_settle(relay->options, relay->node,
	                 (relay->capabilities & CAPABLE_OF_COHERENCE) != 0, &relay->changes,
	                 outcome);
	trace_mark("the files are seen");
}

/* Returns when the command has ended, or never: where it runs here, this process becomes it. */
static void dispatch(const struct options *options, struct outcome *outcome)
{
	static struct relay relay;
	struct standard standard;
	struct lent_terminal terminal;
	struct signals signals;
	struct agent agent;
	standard_examine(&standard, options);
	/* Nothing that is opened from here on may take the place of one that is closed. */
	fill_standard_descriptors();
	signals_hold(&signals);
	lent_terminal_plan(&terminal, &standard, options->terminal);
	static struct request request;
	request = (struct request){
		.options = options,
		.standard = &standard,
		.terminal = &terminal,
		.trace_begun_us = trace_begun_us(),
	};
	static struct words words;
	words.request = &request;
	words.outcome = outcome;
	if (!queue_patiently(&words, &signals) || !agent_find(&agent, outcome))
		return;
	trace_mark("the request is made");
	enum relay_end end = RELAY_NOT_GREETED;
	while (end == RELAY_NOT_GREETED) {
		int socket = agent_connect(&agent, outcome);
		if (socket < 0)
			break;
		trace_mark("connected with the agent");
		relay = (struct relay){
			.link = {.input = socket, .output = socket},
			.agent = &agent,
			.options = options,
			.standard = &standard,
			.terminal = &terminal,
			.signals = &signals,
		};
		give_words(&relay.link, &words);
		end = relay_command(&relay, outcome);
	}
	agent_settle(&agent);
	if (end == RELAY_ENDED && relay.process != 0 && request.is_coherent)
		settle_files(&relay, outcome);
	trace_print();
	if (end == RELAY_RUN_HERE)
		run_here(options, &standard, &signals, relay.link.input, outcome);
}

int main(int count, char *words[])
{
	static struct options options;
	static struct outcome outcome;
	(void)count;
	trace_begin();
	if (!options_parse(words, &options)) {
		become_script_client(words);
		return EXIT_NOT_STARTED;
	}
	dispatch(&options, &outcome);
	outcome_finish(&outcome);
}
