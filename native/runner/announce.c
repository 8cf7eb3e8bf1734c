#include "announce.h"

#include "bytes.h"
#include "clock.h"

/* About as long as a command takes that does nothing. */
enum { ANNOUNCE_MS = 2 };

static void send_started(struct job *job, struct link *link)
{
	uint8_t pid[4];
	write_u32(pid, (uint32_t)job->command);
	link_send(link, job->number, FRAME_STARTED, pid, sizeof pid);
	job->announce_by_ms = NEVER;
}

void announce_later(struct job *job, struct link *link)
{
	/* With STARTED the client begins to read its input. */
	if (job->input.descriptor >= 0)
		send_started(job, link);
	else
		job->announce_by_ms = now_ms() + ANNOUNCE_MS;
}

void announce(struct job *job, struct link *link)
{
	if (job->announce_by_ms != NEVER)
		send_started(job, link);
}

void announce_if_due(struct job *job, struct link *link)
{
	if (job->announce_by_ms <= now_ms())
		announce(job, link);
}

int announce_wait_ms(const struct job *job)
{
	return ms_until(job->announce_by_ms);
}
