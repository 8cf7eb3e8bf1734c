#include "observer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

enum {
	EVENT_BYTES = 65536,
	OBSERVED = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY |
	           IN_CLOSE_WRITE | IN_ATTRIB | IN_ONLYDIR,
};

/* What an NFS client makes of a file that is removed while it is open. */
static const char silly_prefix[] = ".nfs";

bool observer_open(struct observer *observer)
{
	*observer = (struct observer){.stop = -1};
	observer->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (observer->events < 0)
		return false;
	observer->stop = eventfd(0, EFD_CLOEXEC);
	return observer->stop >= 0;
}

static struct observed_directory *find_directory(struct observer *observer, int watch)
{
	for (size_t i = 0; i < observer->directory_count; i += 1)
		if (observer->directories[i].watch == watch)
			return &observer->directories[i];
	return NULL;
}

void observer_add(struct observer *observer, const char *directory)
{
	if (observer->directory_count == OBSERVED_DIRECTORIES_MAX) {
		observer->is_incomplete = true;
		return;
	}
	int watch = inotify_add_watch(observer->events, directory, OBSERVED);
	if (watch < 0) {
		/* A user's watches are bounded. One that is no directory any more needs none. */
		observer->is_incomplete = observer->is_incomplete || errno == ENOSPC;
		return;
	}
	struct observed_directory *known = find_directory(observer, watch);
	if (known == NULL) {
		known = &observer->directories[observer->directory_count++];
		known->watch = watch;
	}
	/* The newer name counts: a directory may have been renamed. */
	free(known->path);
	known->path = copy_text(directory);
}

static void add_below(struct observer *observer, const char *directory);

/* Returns the path, or NULL if that is not kept. */
static const char *take_change(struct observer *observer, struct observed_directory *directory,
                               const char *name, bool is_new_directory)
{
	char path[REPORT_PATH_BYTES_MAX + 1];
	bool is_here = strcmp(directory->path, ".") == 0;
	int length = snprintf(path, sizeof path, "%s%s%s", is_here ? "" : directory->path,
	                      is_here ? "" : "/", name);
	if (strncmp(name, silly_prefix, sizeof silly_prefix - 1) == 0)
		return NULL;
	if (length >= (int)sizeof path || observer->changed.count == CHANGED_PATHS_MAX) {
		directory->is_all_changed = true;
		return NULL;
	}
	const char *kept = path_set_add(&observer->changed, path);
	if (is_new_directory)
		add_below(observer, path);
	return kept;
}

/* Observes a new directory and takes what came into it before; again where it has directories. */
static void add_below(struct observer *observer, const char *directory)
{
	size_t count = observer->directory_count;
	struct dirent *entry;
	observer_add(observer, directory);
	DIR *listing = opendir(directory);
	if (listing == NULL)
		return;
	struct observed_directory outer = {.path = copy_text(directory)};
	while ((entry = readdir(listing)) != NULL) {
		struct stat status;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		bool is_directory = fstatat(dirfd(listing), entry->d_name, &status,
		                            AT_SYMLINK_NOFOLLOW) == 0 &&
		                    S_ISDIR(status.st_mode);
		take_change(observer, &outer, entry->d_name, is_directory);
	}
	if (outer.is_all_changed && count < observer->directory_count)
		observer->directories[count].is_all_changed = true;
	observer->is_incomplete = observer->is_incomplete || outer.is_all_changed;
	free(outer.path);
	closedir(listing);
}

static void take_event(struct observer *observer, const struct inotify_event *event)
{
	static const uint32_t is_new = IN_CREATE | IN_MOVED_TO;
	if (event->mask & IN_Q_OVERFLOW) {
		for (size_t i = 0; i < observer->directory_count; i += 1)
			observer->directories[i].is_all_changed = true;
		return;
	}
	struct observed_directory *directory = find_directory(observer, event->wd);
	if (directory == NULL || event->len == 0)
		return;
	const char *path = take_change(observer, directory, event->name,
	                               (event->mask & IN_ISDIR) != 0 && (event->mask & is_new) != 0);
	/* What was only opened for writing keeps its times. */
	if (path != NULL && (event->mask & (IN_CREATE | IN_MODIFY)) != 0)
		observer->stamped = path;
}

static void take_events(struct observer *observer)
{
	_Alignas(struct inotify_event) static char bytes[EVENT_BYTES];
	ssize_t length;
	while ((length = read(observer->events, bytes, sizeof bytes)) > 0) {
		const struct inotify_event *event;
		for (char *at = bytes; at < bytes + length; at += sizeof *event + event->len) {
			event = (const struct inotify_event *)(const void *)at;
			take_event(observer, event);
		}
	}
}

void observer_run(struct observer *observer)
{
	struct pollfd watched[] = {
		{.fd = observer->events, .events = POLLIN},
		{.fd = observer->stop, .events = POLLIN},
	};
	while (!watched[1].revents) {
		if (poll(watched, 2, -1) < 0 && errno != EINTR)
			return;
		take_events(observer);
	}
}

/* Returns its ctime, or 0 if there is nothing to report. */
static uint64_t report_path(const char *path, struct barrier *barrier, struct buffer *reports)
{
	struct file_report report;
	barrier_ask(barrier, path, &report);
	if (report.kind == REPORT_UNKNOWN)
		return 0;
	write_report(reports, &report);
	return report.kind == REPORT_ABSENT ? 0 : report.ctime_ns;
}

uint64_t observer_report(const struct observer *observer, struct barrier *barrier,
                         struct buffer *reports)
{
	uint64_t stamp_ns = 0;
	for (size_t i = 0; i < observer->changed.count; i += 1) {
		const char *path = observer->changed.paths[i];
		uint64_t ctime_ns = report_path(path, barrier, reports);
		if (path == observer->stamped)
			stamp_ns = ctime_ns;
	}
	for (size_t i = 0; i < observer->directory_count; i += 1) {
		const struct observed_directory *directory = &observer->directories[i];
		struct file_report report = {
			.kind = REPORT_ALL_WITHIN,
			.path = directory->path,
			.path_length = strlen(directory->path),
		};
		if (directory->is_all_changed || (observer->is_incomplete && i == 0))
			write_report(reports, &report);
	}
	return stamp_ns;
}
