#include "request.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bytes.h"
#include "caller.h"
#include "command-tags.h"
#include "fields.h"
#include "frame.h"
#include "host-variables.h"
#include "jobserver.h"

enum {
	TAG_COMMAND = 32,
	TAG_ONLY = 33,
	TAG_EXCLUDE = 34,
	TAG_CPUS = 36,
	TAG_MEMORY = 37,
	TAG_SESSION = 38,
	TAG_VERBOSITY = 39,
	TAG_REQUIRE_CLUSTER = 40,
	TAG_SHELL = 41,
	TAG_RETRIES = 42,
	TAG_SHELL_VARIABLE = 44,
	TAG_TRACE_BEGUN_US = 45,
	TAG_CALLER_PID = 46,
};

static bool is_variable(const char *entry)
{
	const char *end = strchr(entry, '=');
	return end != NULL && end > entry;
}

static void put_variables(struct buffer *buffer)
{
	for (char **entry = environ; *entry != NULL; entry += 1) {
		if (!is_variable(*entry) || is_host_variable(*entry))
			continue;
		if (!put_without_jobserver(buffer, TAG_VARIABLE, *entry))
			put_text(buffer, TAG_VARIABLE, *entry);
	}
}

static void write_u64(uint8_t *at, uint64_t value)
{
	write_u32(at, (uint32_t)(value >> 32));
	write_u32(at + 4, (uint32_t)value);
}

static void put_limits(struct buffer *buffer)
{
	for (int resource = 0; resource < RLIM_NLIMITS; resource += 1) {
		uint8_t bytes[LIMIT_BYTES] = {(uint8_t)resource};
		struct rlimit limit;
		if (getrlimit(resource, &limit) < 0)
			continue;
		/* RLIM_INFINITY has all bits set, as "unlimited" on the wire. */
		write_u64(bytes + 2, limit.rlim_cur);
		write_u64(bytes + 10, limit.rlim_max);
		put_bytes(buffer, TAG_LIMIT, bytes, sizeof bytes);
	}
}

static void put_terminal(struct buffer *buffer, const struct lent_terminal *terminal)
{
	const struct winsize *window = &terminal->window;
	if (!terminal->is_there)
		return;
	uint8_t bytes[WINDOW_BYTES];
	write_u32(bytes, (uint32_t)window->ws_row << 16 | window->ws_col);
	write_u32(bytes + 4, (uint32_t)window->ws_xpixel << 16 | window->ws_ypixel);
	put_bytes(buffer, TAG_WINDOW, bytes, sizeof bytes);
	put_bytes(buffer, TAG_MODES, terminal->modes, sizeof terminal->modes);
}

static void put_number_if(struct buffer *buffer, uint16_t tag, uint64_t value)
{
	if (value != 0)
		put_number(buffer, tag, value);
}

static void put_command(struct buffer *buffer, const struct request *request, const char *directory)
{
	const struct options *options = request->options;
	for (char **word = options->command; *word != NULL; word += 1)
		put_text(buffer, TAG_ARGUMENT, *word);
	put_variables(buffer);
	put_text(buffer, TAG_DIRECTORY, directory);
	put_number(buffer, TAG_UMASK, caller_umask());
	put_number(buffer, TAG_NICE, (uint64_t)(getpriority(PRIO_PROCESS, 0) + NICE_ORIGIN));
	put_limits(buffer);
	put_number_if(buffer, TAG_TERMINALS, request->standard->terminals);
	put_number_if(buffer, TAG_CLOSED, request->standard->closed);
	put_number_if(buffer, TAG_DEV_NULL, request->standard->null_devices);
	put_terminal(buffer, request->terminal);
	put_number_if(buffer, TAG_TIMEOUT_MS, options->timeout_ms);
	put_number_if(buffer, TAG_KEEP_OUTPUT, options->keeps_output);
	put_number_if(buffer, TAG_IGNORED_SIGNALS, caller_ignored_signals());
}

static void put_nodes(struct buffer *buffer, uint16_t tag, const struct node_lists *nodes)
{
	for (size_t i = 0; i < nodes->count; i += 1) {
		const char *name = nodes->lists[i];
		for (;;) {
			size_t length = strcspn(name, ",");
			put_bytes(buffer, tag, name, length);
			if (name[length] == '\0')
				break;
			name += length + 1;
		}
	}
}

/* What the agent needs of ours: for a remote shell keys, a way to ask, programs; what to show. */
static void put_shell_variables(struct buffer *buffer)
{
	static const char *const names[] = {"DISPLAY", "XAUTHORITY", "KRB5CCNAME", "PATH",
	                                    "DSH_EXEC", "DSH_SHOW"};
	for (char **entry = environ; *entry != NULL; entry += 1) {
		bool is_wanted = strncmp(*entry, "SSH_", 4) == 0;
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i += 1)
			is_wanted = is_wanted || has_same_name(*entry, names[i]);
		if (is_wanted && is_variable(*entry))
			put_text(buffer, TAG_SHELL_VARIABLE, *entry);
	}
}

static void put_request(struct buffer *buffer, const struct request *request,
                        const char *directory)
{
	const struct options *options = request->options;
	size_t command = open_field(buffer, TAG_COMMAND);
	put_command(buffer, request, directory);
	close_field(buffer, command);
	put_nodes(buffer, TAG_ONLY, &options->only);
	put_nodes(buffer, TAG_EXCLUDE, &options->excluded);
	put_number(buffer, TAG_CPUS, options->cpus);
	put_number_if(buffer, TAG_MEMORY, options->memory_bytes);
	put_number(buffer, TAG_SESSION, (uint64_t)getsid(0));
	put_number_if(buffer, TAG_VERBOSITY, options->verbosity);
	put_number_if(buffer, TAG_REQUIRE_CLUSTER, options->requires_cluster);
	for (size_t i = 0; i < options->shell_count; i += 1)
		put_bytes(buffer, TAG_SHELL, options->shell[i].text, options->shell[i].length);
	put_number_if(buffer, TAG_RETRIES, options->retries);
	put_number(buffer, TAG_CALLER_PID, (uint64_t)getpid());
	put_number_if(buffer, TAG_TRACE_BEGUN_US, request->trace_begun_us);
	put_shell_variables(buffer);
}

bool request_send(const struct request *request, struct link *link, struct outcome *outcome)
{
	struct buffer *queued = &link->queued;
	const char *directory = caller_directory();
	if (directory == NULL) {
		outcome_not_started(outcome, "the current directory was removed; "
		                             "change to another one");
		return false;
	}
	size_t before = buffer_length(queued);
	buffer_reserve(queued, FRAME_HEADER_BYTES);
	buffer_commit(queued, FRAME_HEADER_BYTES);
	put_request(queued, request, directory);
	size_t length = buffer_length(queued) - before - FRAME_HEADER_BYTES;
	if (length > FRAME_PAYLOAD_BYTES_MAX) {
		outcome_not_started(outcome,
		                    "the arguments and the environment take %zu bytes; "
		                    "at most %d can be sent",
		                    length, FRAME_PAYLOAD_BYTES_MAX);
		return false;
	}
	frame_write_header(queued->bytes + queued->start + before, CLIENT_JOB, FRAME_REQUEST, length);
	return true;
}
