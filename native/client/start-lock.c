#include "start-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	OWNER_BYTES = 64,
	STAT_BYTES = 1024,
	/* Fields of /proc/PID/stat are counted from 1; the third is the first behind the name. */
	STATE_FIELD = 3,
	START_FIELD = 22,
};

static bool read_file(const char *path, char *text, size_t size)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	ssize_t length = read(descriptor, text, size - 1);
	close(descriptor);
	text[length > 0 ? length : 0] = '\0';
	return length >= 0;
}

/* `PID START`, so that a number that is used again is told apart. False: there is no such process. */
static bool describe_process(long pid, char owner[OWNER_BYTES])
{
	char path[64], text[STAT_BYTES];
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	if (!read_file(path, text, sizeof text))
		return false;
	/* The program's name in parentheses may itself hold blanks and parentheses. */
	char *field = strrchr(text, ')');
	for (int i = STATE_FIELD; field != NULL && i <= START_FIELD; i += 1)
		field = strchr(field + 1, ' ');
	if (field == NULL)
		return false;
	snprintf(owner, OWNER_BYTES, "%ld %llu", pid, strtoull(field + 1, NULL, 10));
	return true;
}

static bool is_alive(const char *owner)
{
	char now[OWNER_BYTES];
	return describe_process(strtol(owner, NULL, 10), now) && strcmp(owner, now) == 0;
}

/* True if the lock is gone afterwards. */
static bool remove_stale(const char *path)
{
	char owner[OWNER_BYTES], moved[PATH_MAX], text[OWNER_BYTES];
	if (!read_file(path, owner, sizeof owner))
		return true;
	if (is_alive(owner))
		return false;
	/* Moved first: another process may have replaced the stale lock by its own since it was
	 * read, and that one is put back. */
	snprintf(moved, sizeof moved, "%s.stale.%d", path, getpid());
	if (rename(path, moved) < 0)
		return false;
	bool is_stale = read_file(moved, text, sizeof text) && strcmp(text, owner) == 0;
	bool is_gone = is_stale || link(moved, path) < 0;
	unlink(moved);
	return is_gone && is_stale;
}

/* The file is written under another name and linked, so that nobody reads half of it. */
static bool write_owner(const char *path)
{
	char owner[OWNER_BYTES] = "";
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return false;
	describe_process(getpid(), owner);
	ssize_t written = write(descriptor, owner, strlen(owner));
	int error = written < 0 ? errno : ENOSPC;
	close(descriptor);
	if (written == (ssize_t)strlen(owner))
		return true;
	unlink(path);
	errno = error;
	return false;
}

enum lock_state take_start_lock(const char *path)
{
	char ours[PATH_MAX];
	snprintf(ours, sizeof ours, "%s.%d", path, getpid());
	if (!write_owner(ours))
		return LOCK_IMPOSSIBLE;
	bool is_taken = link(ours, path) == 0 ||
	                (errno == EEXIST && remove_stale(path) && link(ours, path) == 0);
	int error = errno;
	unlink(ours);
	if (is_taken)
		return LOCK_TAKEN;
	errno = error;
	return error == EEXIST || error == ENOENT ? LOCK_HELD : LOCK_IMPOSSIBLE;
}

void release_start_lock(const char *path)
{
	unlink(path);
}
