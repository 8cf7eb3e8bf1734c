#include "signals.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static const int watched[] = {
	SIGHUP,    SIGINT,  SIGQUIT, SIGTRAP, SIGABRT, SIGUSR1,   SIGUSR2, SIGALRM,
	SIGTERM,   SIGTSTP, SIGCONT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH,
	SIGIO,     SIGPWR,  SIGSYS,  SIGSTKFLT,
};

static bool is_ignored(int number)
{
	struct sigaction action;
	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void signals_hold(struct signals *signals)
{
	sigset_t held;
	sigemptyset(&signals->watched);
	for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i += 1)
		if (!is_ignored(watched[i]))
			sigaddset(&signals->watched, watched[i]);
	held = signals->watched;
	sigaddset(&held, SIGPIPE);
	sigprocmask(SIG_BLOCK, &held, &signals->mask_before);
	signals->descriptor = signalfd(-1, &signals->watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool signals_next(const struct signals *signals, struct caught_signal *caught)
{
	struct signalfd_siginfo info;
	if (read(signals->descriptor, &info, sizeof info) != sizeof info)
		return false;
	*caught = (struct caught_signal){
		.number = (int)info.ssi_signo,
		.is_typed = info.ssi_code == SI_KERNEL,
	};
	return true;
}

/* True if it waited. */
static bool drop_waiting(int number)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, number);
	return sigtimedwait(&set, NULL, &(struct timespec){0}) == number;
}

void signals_release(struct signals *signals)
{
	if (signals->descriptor < 0)
		return;
	/* That of a write which has failed, and was seen to. */
	drop_waiting(SIGPIPE);
	close(signals->descriptor);
	signals->descriptor = -1;
	sigprocmask(SIG_SETMASK, &signals->mask_before, NULL);
}

bool stop_by_signal(int number, bool is_whole_job)
{
	sigset_t stop, before;
	bool is_stop = number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
	if (!is_stop)
		number = SIGSTOP;
	sigemptyset(&stop);
	sigaddset(&stop, number);
	sigprocmask(SIG_UNBLOCK, &stop, &before);
	kill(is_whole_job && number == SIGTSTP ? 0 : getpid(), number);
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* What has woken us must not be heard twice. */
	return drop_waiting(SIGCONT);
}

_Noreturn void die_by_signal(int number)
{
	sigset_t deadly;
	/* A limit of 0 would not keep the core from a handler that core_pattern names. */
	prctl(PR_SET_DUMPABLE, 0);
	signal(number, SIG_DFL);
	sigemptyset(&deadly);
	sigaddset(&deadly, number);
	sigprocmask(SIG_UNBLOCK, &deadly, NULL);
	kill(getpid(), number);
	/* Not a signal that ends a process. */
	_exit(128 + number);
}
