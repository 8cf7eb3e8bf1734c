#include "caller.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command-tags.h"

static bool has_dots(const char *path)
{
	for (const char *at = strstr(path, "/."); at != NULL; at = strstr(at + 1, "/."))
		if (at[2] == '\0' || at[2] == '/' ||
		    (at[2] == '.' && (at[3] == '\0' || at[3] == '/')))
			return true;
	return false;
}

const char *caller_directory(void)
{
	static char path[PATH_MAX];
	const char *named = getenv("PWD");
	struct stat here, there;
	if (stat(".", &here) < 0)
		here.st_nlink = 0;
	else if (named != NULL && named[0] == '/' && !has_dots(named) && stat(named, &there) == 0 &&
	         there.st_dev == here.st_dev && there.st_ino == here.st_ino)
		return named;
	if (here.st_nlink == 0)
		return NULL;
	/* Not getcwd(3), which fails where a parent directory may not be read. */
	ssize_t length = readlink("/proc/self/cwd", path, sizeof path - 1);
	return length > 0 ? path : NULL;
}

mode_t caller_umask(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return mask;
}

uint64_t caller_ignored_signals(void)
{
	uint64_t ignored = 0;
	struct sigaction action;
	for (int number = 1; number <= SIGNALS_MAX; number += 1)
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			ignored |= UINT64_C(1) << (number - 1);
	return ignored;
}

bool caller_is_in_background(int terminal)
{
	pid_t foreground = tcgetpgrp(terminal);
	return foreground > 0 && foreground != getpgrp();
}
