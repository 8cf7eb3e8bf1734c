#include "coherence.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "barrier.h"
#include "clock.h"
#include "command-tags.h"
#include "complain.h"
#include "fields.h"
#include "file-report.h"
#include "known-files.h"
#include "memory.h"
#include "network-mount.h"
#include "worker.h"

enum {
	NOTICE_AFTER_MS = 3000,
	/* The work looks at the deadline itself, unless it hangs. */
	HANG_SLACK_MS = 500,
	COMPLAINTS_MAX = 5,
};

bool coherence_is_wanted(const struct options *options, const char *directory)
{
	if (options->coherence != COHERENCE_AUTO)
		return options->coherence == COHERENCE_ON;
	return is_on_network(directory);
}

void put_coherence(struct buffer *buffer, const struct options *options, const char *directory)
{
	struct stat status;
	put_number(buffer, TAG_COHERENCE_MS, options->coherence_ms);
	if (stat(directory, &status) == 0)
		put_number(buffer, TAG_DIRECTORY_INODE, status.st_ino);
	put_known_files(buffer, options->command);
}

struct settlement {
	const struct options *options;
	const char *node;
	bool tells_changes;
	struct buffer *reports;
	struct barrier barrier;
	size_t failures;
};

static void complain_of(struct settlement *settlement, const struct file_report *expected,
                        const struct file_report *seen)
{
	char wanted[DESCRIPTION_BYTES], found[DESCRIPTION_BYTES];
	settlement->failures += 1;
	if (settlement->failures > COMPLAINTS_MAX)
		return;
	describe_report(expected, wanted);
	describe_report(seen, found);
	complain("%s is not here as it is on %s: expected %s, found %s, after %.1f s "
	         "(--coherence-timeout)",
	         expected->path, settlement->node, wanted, found,
	         (double)settlement->options->coherence_ms / 1000);
}

static void settle_report(struct settlement *settlement, const struct file_report *report)
{
	struct file_report seen;
	switch (report->kind) {
	case REPORT_UNKNOWN:
		settlement->failures += 1;
		complain("%s: what the command did to files in %s is not known: "
		         "the file system does not answer there",
		         settlement->node, report->path);
		break;
	case REPORT_ALL_WITHIN:
		barrier_ask_within(&settlement->barrier, report->path);
		break;
	default:
		if (!barrier_await(&settlement->barrier, report, &seen))
			complain_of(settlement, report, &seen);
		else if (report->kind == REPORT_DIRECTORY)
			barrier_ask(&settlement->barrier, report->path, &seen);
	}
}

static void settle(void *argument)
{
	struct settlement *settlement = argument;
	struct buffer *reports = settlement->reports;
	struct file_report report;
	size_t length;
	if (settlement->tells_changes)
		barrier_ask(&settlement->barrier, ".", &report);
	else
		barrier_ask_within(&settlement->barrier, ".");
	while ((length = read_report(buffer_front(reports), buffer_length(reports), &report)) > 0) {
		char *path = allocate(report.path_length + 1, 1);
		memcpy(path, report.path, report.path_length);
		report.path = path;
		settle_report(settlement, &report);
		/* Not freed: the thread that tells the user may just read it. */
		buffer_consume(reports, length);
	}
}

/* False: it is not done in time. */
static bool await(struct worker *worker, const struct settlement *settlement)
{
	int64_t notice_ms = now_ms() + NOTICE_AFTER_MS;
	int64_t deadline_ms = settlement->barrier.deadline_ms;
	int64_t give_up_ms = deadline_ms == NEVER ? NEVER : deadline_ms + HANG_SLACK_MS;
	struct pollfd done = {.fd = worker->done, .events = POLLIN};
	for (;;) {
		int count = poll(&done, 1, ms_until(notice_ms < give_up_ms ? notice_ms : give_up_ms));
		if (count > 0)
			return true;
		if (count < 0 && errno != EINTR)
			return false;
		if (give_up_ms != NEVER && now_ms() >= give_up_ms)
			return false;
		if (notice_ms != NEVER && now_ms() >= notice_ms) {
			if (!settlement->options->is_quiet)
				complain("waiting for %s", settlement->barrier.awaited);
			notice_ms = NEVER;
		}
	}
}

/* The command's own failure says more. */
static void deny_success(struct outcome *outcome)
{
	if (outcome->verdict == VERDICT_EXITED && outcome->value == 0)
		outcome->value = EXIT_INCOHERENT;
}

void coherence_settle(const struct options *options, const char *node, bool tells_changes,
                      struct buffer *reports, struct outcome *outcome)
{
	static struct settlement settlement;
	static struct worker worker;
	uint64_t limit_ms = options->coherence_ms;
	settlement = (struct settlement){
		.options = options,
		.node = node,
		.tells_changes = tells_changes,
		.reports = reports,
		.barrier.deadline_ms = limit_ms == 0 ? NEVER : now_ms() + (int64_t)limit_ms,
		.barrier.awaited = ".",
	};
	if (!worker_start(&worker, settle, &settlement)) {
		complain("cannot look after files: %s", strerror(errno));
		deny_success(outcome);
		return;
	}
	if (!await(&worker, &settlement)) {
		complain("%s: the file system does not answer within %.1f s (--coherence-timeout)",
		         settlement.barrier.awaited, (double)limit_ms / 1000);
		deny_success(outcome);
		return;
	}
	worker_end(&worker);
	if (settlement.failures > COMPLAINTS_MAX)
		complain("and %zu more files", settlement.failures - COMPLAINTS_MAX);
	if (settlement.failures > 0)
		deny_success(outcome);
}
