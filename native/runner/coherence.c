#include "coherence.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

enum {
	NOTICE_AFTER_MS = 3000,
	HANG_SLACK_MS = 500,
	/* A directory that is not there may not be shared at all, and shall be missed soon. */
	DIRECTORY_MS = 200,
};

static void fail(struct coherence *coherence, const struct file_report *expected,
                 const struct file_report *seen)
{
	char wanted[DESCRIPTION_BYTES], found[DESCRIPTION_BYTES];
	describe_report(expected, wanted);
	describe_report(seen, found);
	failure_set(&coherence->failure, FAILURE_INCOHERENT,
	            "%s is not there as it is here: expected %s, found %s, after %.1f s "
	            "(--coherence-timeout)",
	            expected->path, wanted, found,
	            (double)coherence->command->coherence_ms / 1000);
}

static bool is_right_directory(const struct command *command, const struct file_report *seen)
{
	return seen->kind == REPORT_DIRECTORY &&
	       (command->directory_inode == 0 || seen->inode == command->directory_inode);
}

/*
 * The directory may be new, or another one than this node has known under the name. False: it is
 * another one for certain, so that nothing can be said of its files; one that is missing is left to
 * the launch.
 */
static bool find_directory(struct coherence *coherence)
{
	const struct command *command = coherence->command;
	struct file_report seen;
	barrier_ask_directory(&coherence->barrier, command->directory, &seen);
	if (is_right_directory(command, &seen))
		return true;
	struct barrier brief = {.deadline_ms = now_ms() + DIRECTORY_MS};
	struct file_report expected = {.kind = REPORT_DIRECTORY, .path = command->directory};
	barrier_ask_all(&coherence->barrier, command->directory, &seen);
	barrier_await(&brief, &expected, &seen);
	if (seen.kind != REPORT_DIRECTORY || is_right_directory(command, &seen))
		return true;
	failure_set(&coherence->failure, FAILURE_INCOHERENT,
	            "%s is another directory there than here: expected inode %llu, found %llu; "
	            "is the same file system mounted there?",
	            command->directory, (unsigned long long)command->directory_inode,
	            (unsigned long long)seen.inode);
	return false;
}

static void observe(struct coherence *coherence, const char *directory)
{
	struct file_report seen;
	barrier_ask_directory(&coherence->barrier, directory, &seen);
	if (seen.kind == REPORT_ABSENT)
		barrier_ask_all(&coherence->barrier, directory, &seen);
	observer_add(&coherence->observer, directory);
}

/* Files are observed by their directory. Most lie in that of the file before, or here. */
static bool settle_file(struct coherence *coherence, const struct file_report *file,
                        char directory[REPORT_PATH_BYTES_MAX + 1])
{
	char parent[REPORT_PATH_BYTES_MAX + 1];
	struct file_report seen;
	if (parent_directory(file->path, parent) && strcmp(parent, directory) != 0 &&
	    strcmp(parent, ".") != 0) {
		observe(coherence, parent);
		strcpy(directory, parent);
	}
	return barrier_await(&coherence->barrier, file, &seen) ||
	       (fail(coherence, file, &seen), false);
}

static void settle(void *argument)
{
	struct coherence *coherence = argument;
	const struct command *command = coherence->command;
	char directory[REPORT_PATH_BYTES_MAX + 1] = "";
	if (!find_directory(coherence))
		return;
	/* Paths are relative to it. Where it is not there, the launch will say so. */
	if (chdir(command->directory) < 0) {
		coherence->is_settled = true;
		return;
	}
	observe(coherence, ".");
	for (size_t i = 0; i < command->known_file_count; i += 1) {
		const struct file_report *file = &command->known_files[i];
		if (file->kind != REPORT_FILE)
			observe(coherence, file->path);
		else if (!settle_file(coherence, file, directory))
			return;
	}
	coherence->is_settled = true;
}

static bool await(struct coherence *coherence, void (*work)(void *))
{
	uint64_t limit_ms = coherence->command->coherence_ms;
	coherence->is_awaited = true;
	coherence->notice_ms = now_ms() + NOTICE_AFTER_MS;
	coherence->barrier.deadline_ms = limit_ms == 0 ? NEVER : now_ms() + (int64_t)limit_ms;
	coherence->give_up_ms = limit_ms == 0 ? NEVER : coherence->barrier.deadline_ms + HANG_SLACK_MS;
	coherence->barrier.awaited = coherence->command->directory;
	return work == NULL || worker_start(&coherence->worker, work, coherence);
}

bool coherence_open(struct coherence *coherence, const struct command *command)
{
	*coherence = (struct coherence){.command = command, .worker = {.done = -1}};
	return observer_open(&coherence->observer) && await(coherence, settle);
}

static void look_at_files(void *argument)
{
	struct coherence *coherence = argument;
	observer_run(&coherence->observer);
	coherence->stamp_ns =
		observer_report(&coherence->observer, &coherence->barrier, &coherence->reports);
}

void coherence_begin(struct coherence *coherence)
{
	coherence->is_awaited = false;
	worker_start(&coherence->worker, look_at_files, coherence);
}

bool coherence_end(struct coherence *coherence)
{
	static const uint64_t one = 1;
	if (coherence->worker.done < 0)
		return false;
	await(coherence, NULL);
	while (write(coherence->observer.stop, &one, sizeof one) < 0 && errno == EINTR)
		continue;
	return true;
}

int coherence_descriptor(const struct coherence *coherence)
{
	return coherence != NULL && coherence->is_awaited ? coherence->worker.done : -1;
}

int64_t coherence_due_ms(const struct coherence *coherence)
{
	if (coherence == NULL || !coherence->is_awaited)
		return NEVER;
	return coherence->notice_ms < coherence->give_up_ms ? coherence->notice_ms
	                                                    : coherence->give_up_ms;
}

bool coherence_is_due(const struct coherence *coherence)
{
	int64_t due_ms = coherence_due_ms(coherence);
	return due_ms != NEVER && now_ms() >= due_ms;
}

bool coherence_is_overdue(const struct coherence *coherence)
{
	return coherence->give_up_ms != NEVER && now_ms() >= coherence->give_up_ms;
}
