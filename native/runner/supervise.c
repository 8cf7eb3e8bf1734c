/*
 * The supervisor sees to it that nothing of a job outlives its lease. The rules:
 *
 * - The command leads a process group in the supervisor's session. It does not lead the session
 *   itself: nobody in the session would then be its parent, the kernel would call its group
 *   orphaned, and ^Z could not stop it. Only a shell's jobs stop, and this is the shell.
 * - While the job is live, all that it started lies below the supervisor, its subreaper, daemons
 *   with a session of their own included. The lease gone, all of it gets SIGKILL, at once: whoever
 *   lost the lease may have another node run the same command again, and a compiler that is given
 *   time to clean up removes the output file of that one. ABANDON and the time limit give SIGTERM
 *   and a grace before that.
 * - A command that has ended may have left something behind. The job is live until its output has
 *   been relayed, and the verdict waits for nothing else. Then what is left in the supervisor's
 *   session is ended, by SIGTERM and a second later by SIGKILL: here it would be a process of a
 *   user who sees it, on another machine it is one of which nobody knows. A daemon, which has made
 *   itself a session of its own, goes on (setsid(1) makes one of any command).
 * - The supervisor itself killed, the command dies with it (PR_SET_PDEATHSIG), and the runner kills
 *   the rest of the session. Only a process in another session escapes that.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"
#include "launch.h"
#include "supervisor.h"

enum { ABANDON_GRACE_MS = 1000 };

static void take_signals(struct supervisor *self)
{
	struct signalfd_siginfo information;
	while (read(self->signals, &information, sizeof information) == sizeof information) {
		/* The terminal is gone. The kernel tells the session's leader, who passes it on. */
		if (information.ssi_signo == SIGHUP && !self->is_reaped) {
			kill(-self->command, SIGHUP);
			kill(-self->command, SIGCONT);
		}
	}
	note_children(self);
}

static void send_signal(const struct supervisor *self, int signal, pid_t group)
{
	if (!self->is_reaped)
		kill(group > 1 ? -group : -self->command, signal);
}

static void obey(struct supervisor *self)
{
	struct lease_message message;
	switch (lease_receive(self->lease, &message)) {
	case LEASE_SILENT:
		return;
	case LEASE_GONE:
		kill_everything(self);
		_exit(0);
	case LEASE_MESSAGE:
		break;
	}
	if (message.word == LEASE_SIGNAL) {
		send_signal(self, message.value, message.target);
	} else if (message.word == LEASE_ABANDON) {
		self->is_abandoned = true;
		begin_ending(self, ABANDON_GRACE_MS);
	} else if (message.word == LEASE_RELEASE) {
		end_leftovers(self);
		_exit(0);
	}
}

static bool open_signals(struct supervisor *self)
{
	sigset_t all;
	sigset_t wanted;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* The runner lets the kernel reap its supervisors; that would hide how a command ended. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGHUP);
	self->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	return self->signals >= 0;
}

static bool lead_session(struct supervisor *self, const struct endpoints *ends)
{
	setsid();
	if (ends->slave < 0)
		return true;
	self->terminal = fcntl(ends->slave, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return self->terminal >= 0 && ioctl(self->terminal, TIOCSCTTY, 0) == 0;
}

/* Keeps only its own descriptors: any other is a stream or the lease of some job. */
static bool become_supervisor(struct supervisor *self, const struct endpoints *ends)
{
	const int *streams = ends->command;
	int kept[] = {self->lease, ends->slave, streams[0], streams[1], streams[2]};
	close_descriptors_except(kept, sizeof kept / sizeof kept[0]);
	return fill_standard_descriptors() && open_signals(self) && lead_session(self, ends) &&
	       prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

static bool fork_command(struct supervisor *self, const struct command *command,
                         struct endpoints *ends)
{
	pid_t supervisor = getpid();
	int report[2];
	if (pipe2(report, O_CLOEXEC) < 0)
		return false;
	self->command = fork();
	if (self->command == 0)
		launch(command, ends, report[1], supervisor);
	if (self->command < 0)
		return false;
	if (self->coherence != NULL)
		coherence_begin(self->coherence);
	/* Both do it, since either may be the first to need it. */
	setpgid(self->command, self->command);
	self->report = report[0];
	close(report[1]);
	endpoints_close_command(ends);
	return true;
}

_Noreturn static void give_up(struct supervisor *self, const struct command *command)
{
	struct failure failure;
	failure_set(&failure, FAILURE_SPAWN_FAILED, "%s: %s", command->arguments[0],
	            strerror(errno));
	tell_failure(self, &failure);
	_exit(0);
}

static int64_t next_deadline_ms(const struct supervisor *self)
{
	int64_t due_ms = coherence_due_ms(self->coherence);
	return due_ms < self->deadline_ms ? due_ms : self->deadline_ms;
}

_Noreturn void supervise(const struct command *command, struct endpoints *ends, int lease)
{
	struct supervisor self = {
		.lease = lease,
		.report = -1,
		.terminal = -1,
		.timeout_ms = command->timeout_ms,
		.deadline_ms = NEVER,
		/* Of a command that cannot even be killed, no better is known. */
		.status = SIGKILL,
	};
	struct failure failure;
	if (!become_supervisor(&self, ends))
		give_up(&self, command);
	if (command->is_coherent && !await_files(&self, command, &failure)) {
		tell_failure(&self, &failure);
		_exit(0);
	}
	if (!fork_command(&self, command, ends))
		give_up(&self, command);
	for (;;) {
		struct pollfd watched[] = {
			{.fd = self.report, .events = POLLIN},
			{.fd = self.lease, .events = POLLIN},
			{.fd = self.signals, .events = POLLIN},
			{.fd = coherence_descriptor(self.coherence), .events = POLLIN},
		};
		if (poll(watched, 4, ms_until(next_deadline_ms(&self))) < 0)
			continue;
		if (watched[0].revents)
			settle_start(&self);
		/* The lease first: a signal that comes of its loss must let nobody clean up. */
		if (watched[1].revents)
			obey(&self);
		if (watched[2].revents)
			take_signals(&self);
		if (watched[3].revents || coherence_is_due(self.coherence))
			tell_files(&self);
		if (self.deadline_ms != NEVER && now_ms() >= self.deadline_ms)
			pass_deadline(&self);
	}
}
