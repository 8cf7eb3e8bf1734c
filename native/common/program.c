#include "program.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

/* What execvp searches where there is no PATH at all. */
static const char default_path[] = "/bin:/usr/bin";
static const char shell[] = "/bin/sh";

/* What is looked for, and what the search has met so far. */
struct search {
	char *const *arguments;
	char *const *variables;
	/* The name has a slash: there is nothing to search. */
	bool is_path;
	/* The first that may not be run: the search goes on, but it is told rather than nothing. */
	const char *obstacle;
	/* A program was there, but not what its first line or its loader names. */
	bool is_incomplete;
};

static const char *search_path(char *const variables[])
{
	for (size_t i = 0; variables[i] != NULL; i += 1)
		if (strncmp(variables[i], "PATH=", 5) == 0)
			return variables[i] + 5;
	return default_path;
}

/* A text without #! is a script of the shell. Returns why that failed. */
static int become_shell(const struct search *search, const char *path)
{
	size_t count = 0;
	while (search->arguments[count] != NULL)
		count += 1;
	char **words = allocate(count + 2, sizeof(char *));
	words[0] = (char *)shell;
	words[1] = (char *)path;
	memcpy(words + 2, search->arguments + 1, count * sizeof(char *));
	execve(shell, words, search->variables);
	int error = errno;
	free(words);
	return error;
}

/* Returns 0 where the search may go on, or the error that ends it. */
static int try_program(struct search *search, const char *path)
{
	struct stat status;
	execve(path, search->arguments, search->variables);
	int error = errno;
	switch (error) {
	case ENOTDIR:
		/* An element of PATH that is no directory is passed over. */
		return search->is_path ? error : 0;
	case ENOENT:
		if (stat(path, &status) == 0)
			search->is_incomplete = true;
		return 0;
	case EACCES:
		if (search->obstacle == NULL)
			search->obstacle = stat(path, &status) == 0 && S_ISDIR(status.st_mode)
			                           ? strerror(EISDIR)
			                           : strerror(EACCES);
		return 0;
	case ENOEXEC:
		return become_shell(search, path);
	default:
		return error;
	}
}

static int try_each(struct search *search)
{
	const char *name = search->arguments[0];
	const char *element = search_path(search->variables);
	char *path = allocate(strlen(element) + strlen(name) + 2, 1);
	int error;
	for (;;) {
		size_t length = strcspn(element, ":");
		const char *rest = element + length;
		memcpy(path, element, length);
		/* An empty element is the command's directory; execvp then uses the bare name. */
		if (length > 0)
			path[length++] = '/';
		strcpy(path + length, name);
		error = try_program(search, path);
		if (error != 0 || *rest == '\0')
			break;
		element = rest + 1;
	}
	free(path);
	return error;
}

/* The program's own fault, or the node's: elsewhere it may run. */
static enum failure_reason error_reason(int error)
{
	switch (error) {
	case E2BIG:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOEXEC:
	case ENOTDIR:
	case EPERM:
	case ETXTBSY:
		return FAILURE_NOT_EXECUTABLE;
	default:
		return FAILURE_SPAWN_FAILED;
	}
}

void become_program(char *const arguments[], char *const variables[], struct failure *failure)
{
	const char *name = arguments[0];
	struct search search = {
		.arguments = arguments,
		.variables = variables,
		.is_path = strchr(name, '/') != NULL,
	};
	int error = 0;
	if (search.is_path)
		error = try_program(&search, name);
	else if (name[0] != '\0')
		error = try_each(&search);

	if (error != 0)
		failure_set(failure, error_reason(error), "%s: %s", name, strerror(error));
	else if (search.obstacle != NULL)
		failure_set(failure, FAILURE_NOT_EXECUTABLE, "%s: %s", name, search.obstacle);
	else if (search.is_incomplete)
		failure_set(failure, FAILURE_NOT_FOUND,
		            "%s: cannot execute: required file not found", name);
	else
		failure_set(failure, FAILURE_NOT_FOUND, "%s: %s", name,
		            search.is_path ? "No such file or directory" : "command not found");
}
