/*
 * dshexec-serve: the resident runner at the far end of a channel, and the same to an agent as
 * `dshexec --serve` in TypeScript, whose words and messages it shares.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "descriptors.h"
#include "runner.h"

const char program_name[] = "dshexec";

/* The leases of all jobs close with this process, and their supervisors see to the rest. */
static void leave(int signal_number)
{
	(void)signal_number;
	_exit(0);
}

static void set_signals(void)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
	sigset_t none;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i += 1)
		signal(ends[i], leave);
	signal(SIGPIPE, SIG_IGN);
	/* Supervisors are reaped by the kernel: their leases tell when they end. */
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Each job takes five descriptors; the usual limit of 1024 is too little for 300. */
static void raise_file_limit(struct rlimit *own)
{
	struct rlimit raised = {0};
	getrlimit(RLIMIT_NOFILE, own);
	raised.rlim_cur = raised.rlim_max = own->rlim_max;
	setrlimit(RLIMIT_NOFILE, &raised);
}

/* A terminal or a file may be shared with others, who would not expect it not to block. */
static void unblock(int descriptor)
{
	struct stat status;
	if (fstat(descriptor, &status) == 0 &&
	    (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
		set_nonblocking(descriptor);
}

static int serve(void)
{
	char reason[RUNNER_REASON_BYTES];
	int kept[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
	struct rlimit own_files;
	/* What the remote shell has left open is not for the commands. */
	close_descriptors_except(kept, sizeof kept / sizeof kept[0]);
	if (!fill_standard_descriptors()) {
		complain("cannot open /dev/null");
		return EXIT_NOT_STARTED;
	}
	set_signals();
	raise_file_limit(&own_files);
	unblock(STDIN_FILENO);
	unblock(STDOUT_FILENO);
	if (runner_serve(STDIN_FILENO, STDOUT_FILENO, &own_files, reason))
		return 0;
	complain("protocol error: %s", reason);
	return EXIT_NOT_STARTED;
}

static int misuse(int count, char *const words[])
{
	char text[512] = "";
	size_t length = 0;
	for (int i = 1; i < count && length < sizeof text - 1; i += 1)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
		                           i > 1 ? " " : "", words[i]);
	complain("expected --serve or --version, got '%s'", text);
	return EXIT_NOT_STARTED;
}

int main(int count, char *words[])
{
	if (count == 2 && strcmp(words[1], "--serve") == 0)
		return serve();
	if (count == 2 && strcmp(words[1], "--version") == 0)
		return puts("dshexec " DSH_VERSION) < 0 ? EXIT_NOT_STARTED : 0;
	return misuse(count, words);
}
