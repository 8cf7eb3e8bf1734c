#include "patience.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "clock.h"
#include "complain.h"
#include "worker.h"

enum {
	NOTICE_AFTER_MS = 3000,
	/* The work looks at its deadline itself, unless it hangs. */
	HANG_SLACK_MS = 500,
};

static const char *awaited_path(const struct patience *patience)
{
	const char *path = *patience->awaited;
	return strcmp(path, ".") == 0 ? "the current directory" : path;
}

/* As any process before its exec: nothing has begun, or all is over. */
static void take_signals(const struct signals *signals)
{
	struct caught_signal caught;
	while (signals != NULL && signals_next(signals, &caught)) {
		if (caught.number == SIGTSTP)
			stop_by_signal(SIGTSTP, false);
		else if (caught.number != SIGCONT && caught.number != SIGWINCH)
			die_by_signal(caught.number);
	}
}

/* False: it is not done in time. */
static bool await(const struct patience *patience, int done)
{
	int64_t notice_ms = now_ms() + NOTICE_AFTER_MS;
	int64_t give_up_ms = NEVER;
	if (patience->limit_ms > 0)
		give_up_ms = now_ms() + (int64_t)patience->limit_ms + HANG_SLACK_MS;
	struct pollfd watched[] = {
		{.fd = done, .events = POLLIN},
		{.fd = patience->signals != NULL ? patience->signals->descriptor : -1,
	         .events = POLLIN},
	};
	for (;;) {
		int64_t due_ms = notice_ms < give_up_ms ? notice_ms : give_up_ms;
		int count = poll(watched, 2, ms_until(due_ms));
		if (count < 0 && errno != EINTR)
			return false;
		if (count > 0 && watched[0].revents)
			return true;
		take_signals(patience->signals);
		if (now_ms() >= give_up_ms)
			return false;
		if (now_ms() < notice_ms)
			continue;
		if (!patience->is_quiet)
			complain("waiting for %s", awaited_path(patience));
		notice_ms = NEVER;
	}
}

bool have_patience(const struct patience *patience)
{
	/* It may go on when this is given up, until the process ends. */
	static struct worker worker;
	if (!worker_start(&worker, patience->work, patience->argument)) {
		complain("cannot look after files: %s", strerror(errno));
		return false;
	}
	if (await(patience, worker.done)) {
		worker_end(&worker);
		return true;
	}
	complain("%s: the file system does not answer within %.1f s (--coherence-timeout)",
	         awaited_path(patience), (double)patience->limit_ms / 1000);
	return false;
}
