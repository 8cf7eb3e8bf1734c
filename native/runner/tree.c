#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descendants.h"
#include "memory.h"

enum {
	PATH_BYTES = 64,
	/* A name of at most 64 bytes and the first few of some fifty numbers. */
	STATUS_BYTES = 512,
	/* How often a tree that keeps growing is looked at before it is killed as it is. */
	LOOKS_MAX = 30,
};

struct process {
	pid_t pid;
	pid_t parent;
	pid_t group;
	pid_t session;
	bool is_below;
};

struct processes {
	struct process *entries;
	size_t count;
	size_t capacity;
};

/* False for a process that has just gone. */
static bool read_process(const char *pid, struct process *process)
{
	char path[PATH_BYTES];
	char text[STATUS_BYTES];
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	ssize_t length = read(file, text, sizeof text - 1);
	close(file);
	if (length <= 0)
		return false;
	text[length] = '\0';
	/* The name before it may hold anything, parentheses too. */
	const char *rest = strrchr(text, ')');
	*process = (struct process){.pid = (pid_t)strtol(pid, NULL, 10)};
	return rest != NULL && sscanf(rest, ") %*c %d %d %d", &process->parent, &process->group,
	                              &process->session) == 3;
}

static int compare_pids(const void *left, const void *right)
{
	return ((const struct process *)left)->pid - ((const struct process *)right)->pid;
}

static void list_processes(struct processes *list)
{
	*list = (struct processes){0};
	DIR *folder = opendir("/proc");
	if (folder == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (list->count == list->capacity) {
			list->capacity = list->capacity * 2 + 256;
			list->entries = reallocate(list->entries, list->capacity,
			                           sizeof list->entries[0]);
		}
		if (read_process(entry->d_name, &list->entries[list->count]))
			list->count += 1;
	}
	closedir(folder);
	if (list->count > 0)
		qsort(list->entries, list->count, sizeof list->entries[0], compare_pids);
}

static bool is_marked(const struct processes *list, pid_t pid)
{
	struct process wanted = {.pid = pid};
	const struct process *found = bsearch(&wanted, list->entries, list->count,
	                                      sizeof list->entries[0], compare_pids);
	return found != NULL && found->is_below;
}

/* Returns how many there are. One pass finds a generation at least. */
static size_t mark_below(struct processes *list, pid_t root)
{
	size_t marked = 0;
	for (size_t before = SIZE_MAX; before != marked;) {
		before = marked;
		for (size_t i = 0; i < list->count; i += 1) {
			struct process *process = &list->entries[i];
			if (process->is_below)
				continue;
			process->is_below =
				process->parent == root || is_marked(list, process->parent);
			marked += process->is_below ? 1 : 0;
		}
	}
	return marked;
}

static void signal_marked(const struct processes *list, int signal)
{
	for (size_t i = 0; i < list->count; i += 1)
		if (list->entries[i].is_below)
			kill(list->entries[i].pid, signal);
}

void tree_terminate(pid_t root, pid_t told_group)
{
	struct processes list;
	list_processes(&list);
	mark_below(&list, root);
	for (size_t i = 0; i < list.count; i += 1)
		if (list.entries[i].group == told_group)
			list.entries[i].is_below = false;
	signal_marked(&list, SIGTERM);
	signal_marked(&list, SIGCONT);
	free(list.entries);
}

/* All that is below `root` now, stopped as it is seen if `stops`. */
static void find_below(struct descendants *list, pid_t root, bool stops)
{
	struct processes all;
	if (descendants_list(list, root, stops))
		return;
	list_processes(&all);
	list->pids = reallocate(list->pids, mark_below(&all, root) + 1, sizeof list->pids[0]);
	list->count = 0;
	for (size_t i = 0; i < all.count; i += 1)
		if (all.entries[i].is_below)
			list->pids[list->count++] = all.entries[i].pid;
	for (size_t i = 0; stops && i < list->count; i += 1)
		kill(list->pids[i], SIGSTOP);
	free(all.entries);
}

static void kill_found(struct descendants *list)
{
	for (size_t i = 0; i < list->count; i += 1)
		kill(list->pids[i], SIGKILL);
}

void tree_kill(pid_t root)
{
	struct descendants list;
	find_below(&list, root, false);
	kill_found(&list);
	free(list.pids);
}

void tree_freeze_and_kill(pid_t root)
{
	/* Two looks that see the same: all were stopped before the second, and a process that is to
	 * stop can no longer fork, since the kernel starts a fork anew when a signal is pending. */
	size_t before = 0;
	for (int look = 1;; look += 1) {
		struct descendants list;
		find_below(&list, root, true);
		bool is_whole = list.count == before || look == LOOKS_MAX;
		before = list.count;
		if (is_whole)
			kill_found(&list);
		free(list.pids);
		if (is_whole)
			return;
	}
}

void session_signal(pid_t session, int signal, pid_t excepted)
{
	struct processes list;
	list_processes(&list);
	for (size_t i = 0; i < list.count; i += 1)
		if (list.entries[i].session == session && list.entries[i].pid != excepted)
			kill(list.entries[i].pid, signal);
	free(list.entries);
}
