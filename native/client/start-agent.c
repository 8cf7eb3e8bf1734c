#include "start-agent.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent-socket.h"
#include "descriptors.h"
#include "script-client.h"

enum { LOG_PATH_BYTES = SOCKET_PATH_BYTES + 8 };

static void write_log_path(char path[LOG_PATH_BYTES], const char *socket_path)
{
	snprintf(path, LOG_PATH_BYTES, "%s.log", socket_path);
}

static void reset_signals(void)
{
	sigset_t none;
	for (int number = 1; number <= SIGRTMAX; number += 1)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A session of its own: no ^C, and no hang-up of the terminal in which it was started. */
_Noreturn static void run_agent(const char *socket_path, int log)
{
	int kept[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
	int null_device = open("/dev/null", O_RDWR);
	dup2(null_device, STDIN_FILENO);
	dup2(null_device, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	setsid();
	close_descriptors_except(kept, sizeof kept / sizeof kept[0]);
	reset_signals();
	/* The user's directory may be unmounted or removed while the agent lives. */
	if (chdir("/") == 0)
		become_agent(socket_path);
	_exit(1);
}

/*
 * In between is a process that ends at once, so that the agent is nobody's child: this process may
 * become the command, which would be surprised by a child that it never started.
 */
static bool fork_agent(const char *socket_path, int log, long *process)
{
	int report[2];
	if (pipe2(report, O_CLOEXEC) < 0)
		return false;
	pid_t between = fork();
	if (between == 0) {
		pid_t agent = fork();
		if (agent == 0)
			run_agent(socket_path, log);
		long number = agent;
		_exit(agent > 0 && write(report[1], &number, sizeof number) > 0 ? 0 : 1);
	}
	close(report[1]);
	ssize_t length = between > 0 ? read(report[0], process, sizeof *process) : -1;
	close(report[0]);
	if (between > 0)
		waitpid(between, NULL, 0);
	return length == sizeof *process;
}

bool start_agent(const char *socket_path, long *process, struct outcome *outcome)
{
	char log_path[LOG_PATH_BYTES];
	write_log_path(log_path, socket_path);
	/* Not where a link leads: it is emptied. */
	int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (log < 0) {
		outcome_not_started(outcome, "cannot start the agent: %s: %s", log_path,
		                    strerror(errno));
		return false;
	}
	bool is_started = fork_agent(socket_path, log, process);
	if (!is_started)
		outcome_not_started(outcome, "the agent could not be started: %s", strerror(errno));
	close(log);
	return is_started;
}

void explain_failed_agent(const char *socket_path, struct outcome *outcome)
{
	char path[LOG_PATH_BYTES], text[MESSAGE_BYTES_MAX] = "";
	write_log_path(path, socket_path);
	int log = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = log < 0 ? 0 : pread(log, text, sizeof text - 1, 0);
	close_descriptor(&log);
	while (length > 0 && text[length - 1] == '\n')
		length -= 1;
	text[length > 0 ? length : 0] = '\0';
	const char *line = strrchr(text, '\n');
	line = line != NULL ? line + 1 : text;
	if (strncmp(line, "dsh: ", 5) == 0)
		line += 5;
	outcome_not_started(outcome, "the agent did not start: %s",
	                    line[0] != '\0' ? line : "it ended at once");
}
