#include "launch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resource-limits.h"
#include "program.h"

enum { HOST_NAME_BYTES = 256 };

/* Of its own, so that signals reach the command and all that it starts, but not the supervisor. */
static void lead_process_group(const struct endpoints *ends)
{
	setpgid(0, 0);
	if (ends->slave >= 0)
		tcsetpgrp(ends->slave, getpid());
}

/* The supervisor's own 0, 1 and 2, which are here now, are /dev/null. */
static bool take_descriptors(const struct command *command, const struct endpoints *ends)
{
	for (int descriptor = 0; descriptor < STREAM_COUNT; descriptor += 1) {
		int end = ends->command[descriptor];
		if (end >= 0 && dup2(end, descriptor) < 0)
			return false;
		if (command->closed & (1 << descriptor))
			close(descriptor);
	}
	return true;
}

/* Ignored is what the caller of dsh ignores, whatever the runner does, or its own caller did. */
static void set_signals(const struct command *command)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number <= SIGRTMAX; number += 1) {
		bool is_ignored = number <= SIGNALS_MAX &&
		                  (command->ignored_signals >> (number - 1) & 1) != 0;
		signal(number, is_ignored ? SIG_IGN : SIG_DFL);
	}
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool enter_directory(const struct command *command, struct failure *failure)
{
	if (chdir(command->directory) == 0)
		return true;
	const char *reason = strerror(errno);
	char host[HOST_NAME_BYTES] = "";
	gethostname(host, sizeof host - 1);
	failure_set(failure, FAILURE_NO_DIRECTORY,
	            "cannot enter %s on %s: %s; "
	            "a command runs in the same directory as here or not at all "
	            "(--send copies files)",
	            command->directory, host, reason);
	return false;
}

static void run(const struct command *command, const struct endpoints *ends,
                struct failure *failure)
{
	lead_process_group(ends);
	if (!take_descriptors(command, ends)) {
		failure_set(failure, FAILURE_SPAWN_FAILED, "%s: %s", command->arguments[0],
		            strerror(errno));
		return;
	}
	if (!enter_directory(command, failure))
		return;
	umask(command->umask);
	apply_nice(command);
	apply_limits(command);
	set_signals(command);
	become_program(command->arguments, command->variables, failure);
}

_Noreturn void launch(const struct command *command, const struct endpoints *ends, int report,
                      pid_t supervisor)
{
	struct failure failure = {0};
	/* First of all, since a supervisor that is killed would leave this process alone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(0);
	run(command, ends, &failure);
	if (write(report, &failure, sizeof failure) < 0)
		_exit(1);
	_exit(0);
}
