/* The start of a job, up to its supervisor. */
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "endpoints.h"
#include "failure.h"
#include "lease.h"
#include "memory.h"
#include "supervise.h"

static struct job *create(uint32_t number, const struct command *command,
                          const struct endpoints *ends)
{
	struct job *job = allocate(1, sizeof *job);
	job->number = number;
	job->terminal = ends->terminal;
	job->announce_by_ms = NEVER;
	job->keeps_output = command->keeps_output;
	sink_init(&job->input, ends->input, number, 0);
	job->input.is_terminal = (command->terminals & 1) != 0;
	for (uint8_t stream = 0; stream < STREAM_COUNT; stream += 1) {
		source_init(&job->outputs[stream], ends->outputs[stream], number, stream);
		job->outputs[stream].is_terminal =
			stream == 0 || (command->terminals & (1 << stream)) != 0;
	}
	job->watched_lease = job->watched_input = -1;
	memset(job->watched_outputs, -1, sizeof job->watched_outputs);
	return job;
}

/* Forks the supervisor. False: see errno. */
static bool fork_supervisor(struct job *job, const struct command *command, struct endpoints *ends)
{
	int lease[2];
	if (!lease_open(lease))
		return false;
	job->supervisor = fork();
	if (job->supervisor == 0)
		supervise(command, ends, lease[1]);
	int error = errno;
	close(lease[1]);
	if (job->supervisor < 0)
		close(lease[0]);
	else
		job->lease = lease[0];
	errno = error;
	return job->supervisor > 0;
}

struct job *job_start(uint32_t number, const struct command *command, struct link *link)
{
	struct failure failure = {0};
	struct endpoints ends;
	struct job *job = NULL;
	bool is_started = endpoints_open(&ends, command);
	if (is_started) {
		job = create(number, command, &ends);
		is_started = fork_supervisor(job, command, &ends);
	}
	if (is_started) {
		endpoints_close_command(&ends);
		return job;
	}
	failure_set(&failure, FAILURE_SPAWN_FAILED, "%s: %s", command->arguments[0],
	            strerror(errno));
	link_send_failure(link, number, (uint8_t)failure.reason, failure.message, failure.length);
	if (job != NULL) {
		endpoints_close(&ends);
		free(job);
	}
	return NULL;
}
