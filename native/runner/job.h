/* One command, as the runner sees it: its lease, its streams, its verdict. */
#ifndef DSH_JOB_H
#define DSH_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "command.h"
#include "frame.h"
#include "link.h"
#include "stream.h"
#include "watch.h"

/* How the command ended, told when all its output has been relayed. */
struct verdict {
	bool is_known;
	uint8_t type;
	/* A status, a signal or nothing, as the type has it. */
	uint8_t value;
};

struct job {
	uint32_t number;
	/* -1 once the supervisor is released, or gone. */
	int lease;
	pid_t supervisor;
	/* 0 until it runs. */
	pid_t command;
	/* STARTED is held back until then (announce.h); NEVER: it was sent, or is not to be yet. */
	int64_t announce_by_ms;
	/* The command's terminal, or -1. */
	int terminal;
	bool keeps_output;
	bool is_abandoned;
	/* The end frame is sent, and nothing may follow it. */
	bool has_ended;
	struct verdict verdict;
	struct sink input;
	struct source outputs[STREAM_COUNT];
	/* Where in this turn's watch list each descriptor is, or -1. */
	int watched_lease;
	int watched_input;
	int watched_outputs[STREAM_COUNT];
};

/* Starts a command. NULL: it could not be, and FAILED has been sent. */
struct job *job_start(uint32_t number, const struct command *command, struct link *link);
/* False: the frame breaks the protocol. */
bool job_receive(struct job *job, const struct frame *frame, struct link *link);
/* Adds what the job waits for to the list, and looks at what came of it. */
void job_watch(struct job *job, struct watch_list *list, const struct link *link);
void job_handle(struct job *job, const struct watch_list *list, struct link *link);
void job_free(struct job *job);

#endif
