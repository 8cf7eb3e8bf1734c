#include "coherence.h"

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
#include "patience.h"

enum { COMPLAINTS_MAX = 5 };

bool put_coherence(struct buffer *buffer, const struct options *options, const char *directory,
                   enum mount_kind mount)
{
	struct stat status;
	bool is_wanted = options->coherence == COHERENCE_ON ||
	                 (options->coherence == COHERENCE_AUTO && mount != MOUNT_LOCAL);
	if (!is_wanted || stat(directory, &status) < 0)
		return false;
	put_number(buffer, TAG_COHERENCE_MS, options->coherence_ms);
	if (mount == MOUNT_NFS)
		put_number(buffer, TAG_DIRECTORY_INODE, status.st_ino);
	put_known_files(buffer, options->command, status.st_dev);
	return true;
}

struct kept_path {
	struct kept_path *before;
	char text[];
};

struct settlement {
	const struct options *options;
	const char *node;
	bool tells_changes;
	struct buffer *reports;
	struct barrier barrier;
	/* Never freed: the thread that tells the user may just read one. */
	struct kept_path *paths;
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
	case REPORT_STAMP:
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

static const char *keep_path(struct settlement *settlement, const struct file_report *report)
{
	struct kept_path *kept = allocate(1, sizeof *kept + report->path_length + 1);
	memcpy(kept->text, report->path, report->path_length);
	kept->before = settlement->paths;
	settlement->paths = kept;
	return kept->text;
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
		report.path = keep_path(settlement, &report);
		settle_report(settlement, &report);
		buffer_consume(reports, length);
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
	uint64_t limit_ms = options->coherence_ms;
	settlement = (struct settlement){
		.options = options,
		.node = node,
		.tells_changes = tells_changes,
		.reports = reports,
		.barrier.deadline_ms = limit_ms == 0 ? NEVER : now_ms() + (int64_t)limit_ms,
		.barrier.awaited = ".",
	};
	struct patience patience = {
		.work = settle,
		.argument = &settlement,
		.awaited = &settlement.barrier.awaited,
		.limit_ms = limit_ms,
		.is_quiet = options->is_quiet,
	};
	if (!have_patience(&patience)) {
		deny_success(outcome);
		return;
	}
	if (settlement.failures > COMPLAINTS_MAX)
		complain("and %zu more files", settlement.failures - COMPLAINTS_MAX);
	if (settlement.failures > 0)
		deny_success(outcome);
}
