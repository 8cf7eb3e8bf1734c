#include "descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "memory.h"

enum {
	PATH_BYTES = 64,
	PIECE_BYTES = 1024,
	FIRST_CAPACITY = 64,
};

static void add(struct descendants *list, pid_t pid, bool stops)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? list->capacity * 2 : FIRST_CAPACITY;
		list->pids = reallocate(list->pids, list->capacity, sizeof list->pids[0]);
	}
	list->pids[list->count] = pid;
	list->count += 1;
	if (stops)
		kill(pid, SIGSTOP);
}

/* Numbers, each followed by a blank. */
static void add_all(struct descendants *list, int file, bool stops)
{
	char piece[PIECE_BYTES];
	pid_t pid = 0;
	ssize_t length;
	while ((length = read(file, piece, sizeof piece)) > 0) {
		for (ssize_t i = 0; i < length; i += 1) {
			if (piece[i] >= '0' && piece[i] <= '9') {
				pid = pid * 10 + (piece[i] - '0');
			} else if (pid > 0) {
				add(list, pid, stops);
				pid = 0;
			}
		}
	}
}

/* Children belong to the thread that forked them. False: the kernel keeps no such list. */
static bool add_children(struct descendants *list, pid_t parent, bool stops)
{
	char path[PATH_BYTES];
	bool is_told = true;
	snprintf(path, sizeof path, "/proc/%d/task", parent);
	DIR *threads = opendir(path);
	/* It has just gone. */
	if (threads == NULL)
		return true;
	for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", parent, entry->d_name);
		int file = open(path, O_RDONLY | O_CLOEXEC);
		if (file >= 0) {
			add_all(list, file, stops);
			close(file);
		} else {
			is_told = false;
		}
	}
	closedir(threads);
	return is_told;
}

bool descendants_list(struct descendants *list, pid_t root, bool stops)
{
	*list = (struct descendants){0};
	/* The root is the one process that cannot be gone meanwhile. */
	if (!add_children(list, root, stops))
		return false;
	for (size_t i = 0; i < list->count; i += 1)
		add_children(list, list->pids[i], stops);
	return true;
}
