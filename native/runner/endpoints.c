#include "endpoints.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "descriptors.h"
#include "terminal.h"

static int duplicate(int descriptor)
{
	return fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static bool open_pipe(struct endpoints *ends, int descriptor)
{
	int ours = descriptor == STDIN_FILENO ? 1 : 0;
	int pipe_ends[2];
	if (pipe2(pipe_ends, O_CLOEXEC) < 0)
		return false;
	/* Each end has flags of its own: the command's still blocks. */
	set_nonblocking(pipe_ends[ours]);
	ends->command[descriptor] = pipe_ends[1 - ours];
	if (descriptor == STDIN_FILENO)
		ends->input = pipe_ends[ours];
	else
		ends->outputs[descriptor] = pipe_ends[ours];
	return true;
}

static int terminal_stream(uint8_t terminals)
{
	for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream += 1)
		if (terminals & (1 << stream))
			return stream;
	return STDIN_FILENO;
}

static bool open_terminal(struct endpoints *ends, const struct command *command)
{
	int stream = terminal_stream(command->terminals);
	ends->terminal = terminal_open(command, &ends->slave);
	if (ends->terminal < 0)
		return false;
	ends->outputs[stream] = duplicate(ends->terminal);
	if (ends->outputs[stream] < 0)
		return false;
	if (command->terminals & (1 << STDIN_FILENO)) {
		ends->input = duplicate(ends->terminal);
		return ends->input >= 0;
	}
	return true;
}

static bool open_each(struct endpoints *ends, const struct command *command)
{
	if (command->terminals != 0 && !open_terminal(ends, command))
		return false;
	for (int descriptor = 0; descriptor < STREAM_COUNT; descriptor += 1) {
		int bit = 1 << descriptor;
		if ((command->closed | command->null_devices) & bit)
			continue;
		if (command->terminals & bit)
			ends->command[descriptor] = ends->slave;
		else if (!open_pipe(ends, descriptor))
			return false;
	}
	return true;
}

bool endpoints_open(struct endpoints *ends, const struct command *command)
{
	*ends = (struct endpoints){{-1, -1, -1}, -1, {-1, -1, -1}, -1, -1};
	if (open_each(ends, command))
		return true;
	int error = errno;
	endpoints_close(ends);
	errno = error;
	return false;
}

void endpoints_close_command(struct endpoints *ends)
{
	for (int descriptor = 0; descriptor < STREAM_COUNT; descriptor += 1) {
		if (ends->command[descriptor] == ends->slave)
			ends->command[descriptor] = -1;
		close_descriptor(&ends->command[descriptor]);
	}
	close_descriptor(&ends->slave);
}

void endpoints_close(struct endpoints *ends)
{
	endpoints_close_command(ends);
	close_descriptor(&ends->input);
	for (int stream = 0; stream < STREAM_COUNT; stream += 1)
		close_descriptor(&ends->outputs[stream]);
	close_descriptor(&ends->terminal);
}
