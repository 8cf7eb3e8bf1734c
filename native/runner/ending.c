/* How a job ends: the command is reaped, the tree asked, then killed. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"
#include "tree.h"

enum {
	TIMEOUT_GRACE_MS = 2000,
	/* daemon(3) ends its caller before the child makes itself a session. */
	LEFTOVERS_SETTLE_MS = 100,
	LEFTOVERS_GRACE_MS = 1000,
	/* What a signal ends is gone within this, even when the machine is busy. */
	GROUP_DEATH_MS = 100,
	TREE_DEATH_MS = 250,
	/* What cannot be killed, since it runs as another user, is left after two seconds. */
	KILLS_MAX = 8,
};

static void note_end(struct supervisor *self, int status)
{
	settle_start(self);
	self->is_reaped = true;
	self->status = status;
	/* As a shell does when one of its jobs has ended. Besides, a terminal that is hung up sends
	 * SIGHUP to its foreground group, which is not to be what the command has left behind. */
	if (self->terminal >= 0)
		tcsetpgrp(self->terminal, getpgrp());
	close_descriptor(&self->terminal);
	/* The time limit is for the command, not for what it leaves behind. */
	if (!self->is_ending)
		self->deadline_ms = NEVER;
	if (!self->is_ending && !self->has_failed)
		tell_end(self, LEASE_ENDED);
}

/* Takes what has ended or stopped; true if nothing is left below. */
static bool reap(struct supervisor *self)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != self->command)
			continue;
		if (WIFSTOPPED(status))
			tell(self, LEASE_STOPPED, WSTOPSIG(status));
		else
			note_end(self, status);
	}
	return pid < 0 && errno == ECHILD;
}

/* The tree that was to end has ended: a verdict, where somebody reads it, includes all of it. */
static void finish_ending(struct supervisor *self)
{
	self->is_ending = false;
	self->deadline_ms = NEVER;
	if (!self->has_failed)
		tell_end(self, self->is_timed_out ? LEASE_TIMED_OUT : LEASE_ENDED);
	if (self->is_abandoned)
		_exit(0);
}

void note_children(struct supervisor *self)
{
	if (reap(self) && self->is_ending)
		finish_ending(self);
}

static bool await_childless(struct supervisor *self, int patience_ms)
{
	struct signalfd_siginfo information;
	int64_t deadline_ms = now_ms() + patience_ms;
	for (;;) {
		if (reap(self))
			return true;
		struct pollfd watched = {.fd = self->signals, .events = POLLIN};
		if (poll(&watched, 1, ms_until(deadline_ms)) == 0)
			return false;
		while (read(self->signals, &information, sizeof information) > 0)
			continue;
	}
}

/* From the cheap to the sure: /proc is slow to read, and many supervisors may do it at once. */
void kill_everything(struct supervisor *self)
{
	/* Once the command has been reaped its number may be another group's. */
	if (!self->is_reaped)
		kill(-self->command, SIGKILL);
	bool is_over = await_childless(self, GROUP_DEATH_MS);
	if (!is_over) {
		tree_kill(getpid());
		is_over = await_childless(self, TREE_DEATH_MS);
	}
	for (int round = 0; round < KILLS_MAX && !is_over; round += 1) {
		tree_freeze_and_kill(getpid());
		is_over = await_childless(self, TREE_DEATH_MS);
	}
}

/* Most commands are over within moments, and /proc need not be read for them. */
static void ask_to_end(struct supervisor *self)
{
	pid_t told = 0;
	if (!self->is_reaped) {
		told = self->command;
		kill(-told, SIGTERM);
		/* What is stopped would not hear of it. */
		kill(-told, SIGCONT);
		if (await_childless(self, GROUP_DEATH_MS))
			return;
	}
	tree_terminate(getpid(), told);
}

/* A daemon has made itself a session; what has not would be an orphan of which nobody knows. */
void end_leftovers(struct supervisor *self)
{
	pid_t session = getpid();
	if (await_childless(self, LEFTOVERS_SETTLE_MS))
		return;
	session_signal(session, SIGTERM, session);
	session_signal(session, SIGCONT, session);
	if (!await_childless(self, LEFTOVERS_GRACE_MS))
		session_signal(session, SIGKILL, session);
}

void begin_ending(struct supervisor *self, int grace_ms)
{
	int64_t deadline_ms = now_ms() + grace_ms;
	if (!self->is_ending || deadline_ms < self->deadline_ms)
		self->deadline_ms = deadline_ms;
	if (!self->is_ending) {
		self->is_ending = true;
		ask_to_end(self);
	}
	note_children(self);
}

void pass_deadline(struct supervisor *self)
{
	if (self->is_ending) {
		kill_everything(self);
		finish_ending(self);
	} else {
		self->is_timed_out = true;
		begin_ending(self, TIMEOUT_GRACE_MS);
	}
}
