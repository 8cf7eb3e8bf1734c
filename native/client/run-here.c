#include "run-here.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "program.h"

enum {
	/* From the SIGTERM at the time limit to SIGKILL, here as on a node. */
	TIMEOUT_GRACE_MS = 2000,
	/* Where no script looks for a descriptor that it could use: those of two digits are theirs. */
	LEASE_DESCRIPTOR = 100,
};

static void take_failure(struct outcome *outcome, const struct failure *failure)
{
	size_t length = failure->length < sizeof outcome->message ? failure->length
	                                                          : sizeof outcome->message - 1;
	outcome->verdict = VERDICT_NOT_STARTED;
	outcome->value = (int)failure->reason;
	memcpy(outcome->message, failure->message, length);
	outcome->message[length] = '\0';
}

static void become_command(const struct options *options, const struct standard *standard,
                           struct signals *signals, struct failure *failure)
{
	for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor += 1)
		if (standard_has(standard->closed, descriptor))
			close(descriptor);
	if (options->has_no_input) {
		int null_device = open("/dev/null", O_RDONLY);
		dup2(null_device, STDIN_FILENO);
		if (null_device > STDERR_FILENO)
			close(null_device);
	}
	signals_release(signals);
	become_program(options->command, environ, failure);
}

/* Without O_CLOEXEC: it is to outlive this program. */
static void keep_lease(int lease)
{
	struct rlimit files;
	int lowest = LEASE_DESCRIPTOR;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur <= LEASE_DESCRIPTOR)
		lowest = STDERR_FILENO + 1;
	if (fcntl(lease, F_DUPFD, lowest) < 0)
		fcntl(lease, F_SETFD, 0);
}

/* The child shares our terminal, whose keys it has got by itself. */
static void pass_signal(const siginfo_t *info, pid_t child)
{
	if (info->si_signo == SIGWINCH)
		return;
	if (info->si_code != SI_KERNEL)
		kill(child, info->si_signo);
	if (info->si_signo != SIGTSTP)
		return;
	/* SIGCONT would take away a stop that the child has not noticed yet. */
	if (stop_by_signal(SIGTSTP, false))
		kill(child, SIGCONT);
}

/* Waits until `deadline_ms` for the child's end. False: it has not ended. */
static bool await_end(pid_t child, const sigset_t *awaited, int64_t deadline_ms, int *status)
{
	for (;;) {
		siginfo_t info;
		int left_ms = ms_until(deadline_ms);
		struct timespec left = {left_ms / 1000, left_ms % 1000 * 1000000L};
		int number = sigtimedwait(awaited, &info, &left);
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		if (number < 0 && errno == EAGAIN && now_ms() >= deadline_ms)
			return false;
		if (number > 0 && number != SIGCHLD)
			pass_signal(&info, child);
	}
}

static void take_status(struct outcome *outcome, int status)
{
	bool is_signalled = WIFSIGNALED(status);
	outcome->verdict = is_signalled ? VERDICT_SIGNALLED : VERDICT_EXITED;
	outcome->value = is_signalled ? WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * What the command has started, and is ours now that it is dead; so are then the children of each.
 * Without it a `sh -c` that ignores SIGTERM would leave behind what it waits for.
 */
static void kill_orphans(void)
{
	static const char path[] = "/proc/thread-self/children";
	for (;;) {
		FILE *list = fopen(path, "r");
		int orphan, count = 0;
		while (list != NULL && fscanf(list, "%d", &orphan) == 1) {
			kill(orphan, SIGKILL);
			count += 1;
		}
		if (list != NULL)
			fclose(list);
		if (count == 0)
			return;
		while (count > 0 && waitpid(-1, NULL, 0) > 0)
			count -= 1;
	}
}

static void limit_time(pid_t child, const sigset_t *awaited, uint64_t timeout_ms,
                       struct outcome *outcome)
{
	int status = 0;
	if (await_end(child, awaited, now_ms() + (int64_t)timeout_ms, &status)) {
		take_status(outcome, status);
		return;
	}
	outcome->verdict = VERDICT_TIMED_OUT;
	kill(child, SIGTERM);
	/* A stopped process takes no other signal before this one. */
	kill(child, SIGCONT);
	if (await_end(child, awaited, now_ms() + TIMEOUT_GRACE_MS, &status))
		return;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	kill_orphans();
}

/* A limit of time needs somebody who watches: the command is a child then. */
static void run_watched(const struct options *options, const struct standard *standard,
                        struct signals *signals, struct outcome *outcome)
{
	struct failure failure;
	struct sigaction before, usual = {.sa_handler = SIG_DFL};
	sigset_t awaited = signals->watched;
	int report[2];
	if (pipe2(report, O_CLOEXEC) < 0) {
		outcome_not_started(outcome, "%s: %s", options->command[0], strerror(errno));
		return;
	}
	/* A caller that ignores it would have our child reaped before we could. */
	sigaction(SIGCHLD, &usual, &before);
	sigaddset(&awaited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &awaited, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t child = fork();
	if (child == 0) {
		sigaction(SIGCHLD, &before, NULL);
		become_command(options, standard, signals, &failure);
		_exit(write(report[1], &failure, sizeof failure) < 0 ? 1 : 0);
	}
	close(report[1]);
	if (child < 0)
		outcome_not_started(outcome, "%s: %s", options->command[0], strerror(errno));
	else if (read(report[0], &failure, sizeof failure) > 0) {
		take_failure(outcome, &failure);
		waitpid(child, NULL, 0);
	} else
		limit_time(child, &awaited, options->timeout_ms, outcome);
	close(report[0]);
}

void run_here(const struct options *options, const struct standard *standard,
              struct signals *signals, int lease, struct outcome *outcome)
{
	struct failure failure;
	if (options->timeout_ms > 0) {
		run_watched(options, standard, signals, outcome);
		return;
	}
	keep_lease(lease);
	become_command(options, standard, signals, &failure);
	take_failure(outcome, &failure);
}
