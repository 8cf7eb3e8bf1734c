/* The signals that come to dsh: held back, read one by one, and in the end died of. */
#ifndef DSH_SIGNALS_H
#define DSH_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct signals {
	/* Readable while a signal waits. */
	int descriptor;
	sigset_t watched;
	/* As the caller had it. */
	sigset_t mask_before;
};

struct caught_signal {
	int number;
	/* The terminal sent it, to all of its foreground. */
	bool is_typed;
};

/*
 * Holds back the signals that a command is to get. Those that the caller ignores stay ignored. Left
 * alone are SIGCHLD and SIGURG, which a command ignores unless it asks for them; SIGSEGV, SIGBUS,
 * SIGFPE and SIGILL, whose handlers would hide an error of our own; and SIGTTIN and SIGTTOU, which
 * stop this process as any other. SIGPIPE is held back and not watched: writes fail instead.
 */
void signals_hold(struct signals *signals);
/* The next one that waits; false: none does. */
bool signals_next(const struct signals *signals, struct caught_signal *caught);
/* Everything is as the caller had it; what waits comes now, but for SIGPIPE. */
void signals_release(struct signals *signals);

/*
 * Stops this process, or with `is_whole_job` its process group, as the terminal's key does. Returns
 * when the process goes on. A signal of the terminal does not stop a process whose group no shell
 * could wake again (`xterm -e dsh vim`); then this returns false, at once.
 */
bool stop_by_signal(int number, bool is_whole_job);
/* Ends this process by a signal, without a core, which would not be the command's. */
_Noreturn void die_by_signal(int number);

#endif
