/*
 * Which words are files? Without knowing the command, those that are the name of one, alone or in
 * the forms that compilers and others use:
 *
 *     a.c   sub/a.c      a file: it is to be the same there
 *     include            a directory: asked about there, and observed
 *     new/a.o            no such file: its directory is observed
 *     -Iinclude -Llib    after these two letters
 *     -osub/a.o          after any one letter, where there is a slash
 *     --out=sub/a.o  of=a.img
 *     'gcc -c a.c'       a line of shell: each word of it
 */
#include "known-files.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command-tags.h"
#include "fields.h"
#include "file-report.h"
#include "network-mount.h"

enum { CANDIDATES_MAX = 4096 };

static const char separators[] = " \t\n;|&<>()'\"`";

struct collection {
	struct buffer *buffer;
	/* Known to be shared. */
	dev_t device;
	size_t known;
	size_t candidates;
};

static uint64_t nanoseconds(const struct timespec *time)
{
	return time->tv_sec < 0 ? 0
	                        : (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

static void put_known(struct collection *collection, const char *path, enum report_kind kind,
                      const struct stat *status)
{
	struct file_report report = {
		.kind = kind,
		.bytes = (uint64_t)status->st_size,
		.mtime_ns = nanoseconds(&status->st_mtim),
		.ctime_ns = nanoseconds(&status->st_ctim),
		.path = path,
		.path_length = strlen(path),
	};
	if (status->st_dev != collection->device && mount_kind(status->st_dev) == MOUNT_LOCAL)
		return;
	size_t field = open_field(collection->buffer, TAG_KNOWN_FILE);
	write_report(collection->buffer, &report);
	close_field(collection->buffer, field);
	collection->known += 1;
}

/* What a link leads to counts as well: that is what the command reads, or writes into. */
static void put_target(struct collection *collection, const char *path)
{
	struct stat status;
	char *target = realpath(path, NULL);
	if (target != NULL && strlen(target) <= REPORT_PATH_BYTES_MAX &&
	    lstat(target, &status) == 0) {
		if (S_ISREG(status.st_mode))
			put_known(collection, target, REPORT_FILE, &status);
		else if (S_ISDIR(status.st_mode))
			put_known(collection, target, REPORT_DIRECTORY, &status);
	}
	free(target);
}

static void put_parent(struct collection *collection, const char *path, size_t length)
{
	char parent[REPORT_PATH_BYTES_MAX + 1];
	struct stat status;
	memcpy(parent, path, length);
	parent[length] = '\0';
	if (lstat(parent, &status) < 0)
		return;
	if (S_ISDIR(status.st_mode))
		put_known(collection, parent, REPORT_DIRECTORY, &status);
	else if (S_ISLNK(status.st_mode))
		put_target(collection, parent);
}

static void try_path(struct collection *collection, const char *path)
{
	struct stat status;
	const char *slash = strrchr(path, '/');
	size_t length = strlen(path);
	if (length == 0 || length > REPORT_PATH_BYTES_MAX ||
	    collection->known >= KNOWN_FILES_MAX - 1 || collection->candidates == CANDIDATES_MAX)
		return;
	collection->candidates += 1;
	if (lstat(path, &status) < 0) {
		if (slash != NULL && slash > path)
			put_parent(collection, path, (size_t)(slash - path));
	} else if (S_ISREG(status.st_mode))
		put_known(collection, path, REPORT_FILE, &status);
	else if (S_ISDIR(status.st_mode))
		put_known(collection, path, REPORT_DIRECTORY, &status);
	else if (S_ISLNK(status.st_mode)) {
		put_known(collection, path, REPORT_FILE, &status);
		put_target(collection, path);
	}
}

static void try_word(struct collection *collection, const char *word)
{
	const char *value = strchr(word, '=');
	if (value != NULL)
		try_path(collection, value + 1);
	if (word[0] != '-')
		try_path(collection, word);
	else if (word[1] == 'I' || word[1] == 'L' ||
	         (word[1] != '\0' && word[1] != '-' && strchr(word + 2, '/') != NULL))
		try_path(collection, word + 2);
}

static void try_line(struct collection *collection, const char *line)
{
	char *copy = strdup(line);
	char *rest = NULL;
	if (copy == NULL)
		return;
	for (char *word = strtok_r(copy, separators, &rest); word != NULL;
	     word = strtok_r(NULL, separators, &rest))
		try_word(collection, word);
	free(copy);
}

void put_known_files(struct buffer *buffer, char *const words[], dev_t device)
{
	struct collection collection = {.buffer = buffer, .device = device};
	/* A program's name is looked for in PATH; as a path it is one of them. */
	if (strchr(words[0], '/') != NULL)
		try_path(&collection, words[0]);
	for (char *const *word = words + 1; *word != NULL; word += 1) {
		if (strpbrk(*word, separators) != NULL)
			try_line(&collection, *word);
		else
			try_word(&collection, *word);
	}
}
