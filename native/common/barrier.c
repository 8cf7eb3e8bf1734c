#include "barrier.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum {
	PAUSE_MS_MIN = 1,
	PAUSE_MS_MAX = 100,
	/* Several times the grain of a server's clock, so that a touch makes a new version. */
	TOUCH_AFTER_MS = 40,
};

static uint64_t nanoseconds(const struct statx_timestamp *time)
{
	return time->tv_sec < 0 ? 0 : (uint64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static void fill_report(struct file_report *report, const char *path, const struct statx *status)
{
	*report = (struct file_report){
		.kind = S_ISDIR(status->stx_mode) ? REPORT_DIRECTORY : REPORT_FILE,
		.bytes = status->stx_size,
		.mtime_ns = nanoseconds(&status->stx_mtime),
		.ctime_ns = nanoseconds(&status->stx_ctime),
		.inode = status->stx_ino,
		.path = path,
		.path_length = strlen(path),
	};
}

/* The state of the parent directory dates an absence: what comes later is a new file. */
static void report_absence(struct file_report *report, const char *path)
{
	char parent[REPORT_PATH_BYTES_MAX + 1];
	struct statx status;
	*report = (struct file_report){.path = path, .path_length = strlen(path)};
	if (parent_directory(path, parent) &&
	    statx(AT_FDCWD, parent, 0, STATX_CTIME, &status) == 0)
		report->ctime_ns = nanoseconds(&status.stx_ctime);
}

static void look(const char *path, int flags, struct file_report *report)
{
	struct statx status;
	if (statx(AT_FDCWD, path, flags, STATX_BASIC_STATS, &status) == 0)
		fill_report(report, path, &status);
	else if (errno == EACCES || errno == EPERM || errno == ELOOP)
		/* Nobody can be misled by what nobody here may look at. */
		*report = (struct file_report){.kind = REPORT_UNKNOWN, .path = path};
	else
		/* Also ESTALE: what was known under this name is another file now, or none. */
		report_absence(report, path);
}

void barrier_ask(struct barrier *barrier, const char *path, struct file_report *report)
{
	barrier->awaited = path;
	look(path, AT_STATX_FORCE_SYNC | AT_SYMLINK_NOFOLLOW, report);
}

void barrier_ask_directory(struct barrier *barrier, const char *path, struct file_report *report)
{
	barrier->awaited = path;
	look(path, AT_STATX_FORCE_SYNC, report);
}

void barrier_ask_all(struct barrier *barrier, const char *path, struct file_report *report)
{
	char prefix[REPORT_PATH_BYTES_MAX + 1];
	size_t length = strlen(path);
	struct file_report directory;
	if (path[0] != '/')
		look(".", AT_STATX_FORCE_SYNC, &directory);
	for (size_t end = 1; end < length && length < sizeof prefix; end += 1) {
		if (path[end] != '/')
			continue;
		memcpy(prefix, path, end);
		prefix[end] = '\0';
		look(prefix, AT_STATX_FORCE_SYNC, &directory);
	}
	barrier_ask(barrier, path, report);
}

bool parent_directory(const char *path, char parent[REPORT_PATH_BYTES_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
	if (length > REPORT_PATH_BYTES_MAX)
		return false;
	memcpy(parent, slash == NULL ? "." : path, length);
	parent[length] = '\0';
	return true;
}

/* The server stamps ctime at every change, and nobody can set it back. */
static bool is_settled(const struct file_report *expected, const struct file_report *seen)
{
	if (seen->kind == REPORT_UNKNOWN)
		return true;
	if (expected->kind == REPORT_DIRECTORY)
		return seen->kind == REPORT_DIRECTORY;
	if (expected->kind == REPORT_ABSENT)
		return seen->kind == REPORT_ABSENT || seen->ctime_ns > expected->ctime_ns;
	if (seen->kind == REPORT_ABSENT)
		return false;
	return (seen->bytes == expected->bytes && seen->mtime_ns == expected->mtime_ns) ||
	       seen->ctime_ns > expected->ctime_ns;
}

/*
 * What was seen without a question. Size and mtime stay the same when permissions or links change,
 * and ctime tells; but some file systems make it up, so after a question it is not insisted on.
 */
static bool is_settled_unasked(const struct file_report *expected, const struct file_report *seen)
{
	bool is_older = seen->kind == REPORT_FILE && seen->ctime_ns < expected->ctime_ns;
	return !is_older && is_settled(expected, seen);
}

/*
 * Gives the directory of a path a new version, or the nearest one above it that is there. False
 * where that is not allowed, or would tell nothing.
 */
static bool touch_directory(const char *path)
{
	char directory[REPORT_PATH_BYTES_MAX + 1];
	struct statfs status;
	if (!parent_directory(path, directory))
		return false;
	while (statfs(directory, &status) < 0) {
		char *slash = strrchr(directory, '/');
		if (slash == NULL || slash == directory)
			return false;
		*slash = '\0';
	}
	return status.f_type == NFS_SUPER_MAGIC && utimensat(AT_FDCWD, directory, NULL, 0) == 0;
}

static void pause_for(int64_t pause_ms, int64_t deadline_ms)
{
	int64_t left_ms = deadline_ms == NEVER ? pause_ms : deadline_ms - now_ms();
	int64_t ms = left_ms < pause_ms ? left_ms : pause_ms;
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};
	if (ms > 0)
		nanosleep(&time, NULL);
}

/* What is enough mostly: the directory and the file. */
static void ask_nearby(const char *path, struct file_report *seen)
{
	char parent[REPORT_PATH_BYTES_MAX + 1];
	struct file_report directory;
	if (parent_directory(path, parent))
		look(parent, AT_STATX_FORCE_SYNC, &directory);
	look(path, AT_STATX_FORCE_SYNC | AT_SYMLINK_NOFOLLOW, seen);
}

bool barrier_await(struct barrier *barrier, const struct file_report *expected,
                   struct file_report *seen)
{
	int64_t touch_ms = now_ms() + TOUCH_AFTER_MS;
	int64_t pause_ms = PAUSE_MS_MIN;
	barrier->awaited = expected->path;
	/* A directory may be known by a link, as the current one is to shells. */
	look(expected->path, expected->kind == REPORT_DIRECTORY ? 0 : AT_SYMLINK_NOFOLLOW, seen);
	if (is_settled_unasked(expected, seen))
		return true;
	ask_nearby(expected->path, seen);
	while (!is_settled(expected, seen)) {
		barrier_ask_all(barrier, expected->path, seen);
		if (is_settled(expected, seen))
			break;
		if (now_ms() >= barrier->deadline_ms)
			return false;
		pause_for(pause_ms, barrier->deadline_ms);
		pause_ms = pause_ms * 2 < PAUSE_MS_MAX ? pause_ms * 2 : PAUSE_MS_MAX;
		if (now_ms() < touch_ms || !touch_directory(expected->path))
			continue;
		/* What is seen now somebody has done since; he would have done it here as well. */
		barrier_ask_all(barrier, expected->path, seen);
		break;
	}
	return true;
}

void barrier_ask_within(struct barrier *barrier, const char *directory)
{
	struct file_report report;
	struct dirent *entry;
	barrier_ask_all(barrier, directory, &report);
	DIR *listing = opendir(directory);
	if (listing == NULL)
		return;
	while ((entry = readdir(listing)) != NULL) {
		struct statx status;
		statx(dirfd(listing), entry->d_name, AT_STATX_FORCE_SYNC | AT_SYMLINK_NOFOLLOW,
		      STATX_BASIC_STATS, &status);
	}
	closedir(listing);
}
