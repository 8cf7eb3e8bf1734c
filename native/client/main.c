/*
 * dsh: runs a command on the best machine of the cluster as if it ran here. This is the client that
 * most calls meet: small, and started in no time. It does what src/dsh/main.ts does and leaves to
 * that one, by becoming it, what is rare.
 */
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "bytes.h"
#include "complain.h"
#include "descriptors.h"
#include "options.h"
#include "outcome.h"
#include "relay.h"
#include "request.h"
#include "run-here.h"
#include "script-client.h"
#include "trace.h"

const char program_name[] = "dsh";

/* Everything that is told at once: who we are, and what is wanted. */
static bool queue_words(struct relay *relay, const struct request *request, struct outcome *outcome)
{
	uint8_t hello[8];
	write_u32(hello, PROTOCOL_VERSION);
	write_u32(hello + 4, 0);
	link_send(&relay->link, 0, FRAME_HELLO, hello, sizeof hello);
	return request_send(request, &relay->link, outcome);
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
	if (!agent_find(&agent, outcome))
		return;
	struct request request = {options, &standard, &terminal, trace_begun_us()};
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
		if (!queue_words(&relay, &request, outcome))
			break;
		trace_mark("the request is written");
		end = relay_command(&relay, outcome);
	}
	agent_settle(&agent);
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
