#include "standard.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
	STANDARD_COUNT = 3,
	LINK_BYTES = 64,
	/* Out of the way of those that a script may name. */
	FIRST_DESCRIPTOR = 10,
};

static bool is_device(const struct stat *status, unsigned major_number, unsigned minor_number)
{
	return S_ISCHR(status->st_mode) && major(status->st_rdev) == major_number &&
	       minor(status->st_rdev) == minor_number;
}

/* /dev/tty, which is whatever terminal a process has. */
static bool is_own_tty(const struct stat *status)
{
	return is_device(status, 5, 0);
}

/* A second terminal (`2>/dev/pts/7`) stays apart: what is written to it is not for the first. */
static bool is_same_terminal(const struct stat *one, const struct stat *other)
{
	return one->st_rdev == other->st_rdev || is_own_tty(one) || is_own_tty(other);
}

bool standard_has(uint8_t mask, int descriptor)
{
	return (mask >> descriptor) & 1;
}

void standard_examine(struct standard *standard, const struct options *options)
{
	struct stat status[STANDARD_COUNT];
	*standard = (struct standard){.own_terminal = -1};
	for (int each = 0; each < STANDARD_COUNT; each += 1) {
		uint8_t bit = (uint8_t)(1 << each);
		if (fstat(each, &status[each]) < 0)
			standard->closed |= bit;
		else if (is_device(&status[each], 1, 3))
			standard->null_devices |= bit;
		else if (S_ISCHR(status[each].st_mode) && isatty(each)) {
			standard->terminals |= bit;
			if (standard->own_terminal < 0)
				standard->own_terminal = each;
		}
	}
	for (int each = 0; each < STANDARD_COUNT; each += 1)
		if (standard_has(standard->terminals, each) &&
		    !is_same_terminal(&status[each], &status[standard->own_terminal]))
			standard->terminals &= (uint8_t)~(1 << each);
	if (options->terminal == TERMINAL_NEVER)
		standard->terminals = 0;
	if (options->terminal == TERMINAL_ALWAYS)
		*standard = (struct standard){7, 0, 0, standard->own_terminal};
	/* With -n the command reads nothing of ours, be it a terminal or not. */
	if (options->has_no_input) {
		standard->terminals &= (uint8_t)~1;
		standard->closed &= (uint8_t)~1;
		standard->null_devices |= 1;
	}
}

/* A named pipe opened anew would wait for the other side, or not notice that it is gone. */
static bool can_be_opened(const char *path)
{
	char target[LINK_BYTES];
	ssize_t length = readlink(path, target, sizeof target - 1);
	target[length > 0 ? length : 0] = '\0';
	return strncmp(target, "pipe:", 5) == 0 || strncmp(target, "/dev/", 5) == 0;
}

static int open_anew(int descriptor)
{
	char path[LINK_BYTES];
	int access_mode = fcntl(descriptor, F_GETFL) & O_ACCMODE;
	snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
	if (!can_be_opened(path))
		return -1;
	return open(path, access_mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int standard_open(int descriptor, enum descriptor_kind *kind)
{
	struct stat status;
	*kind = DESCRIPTOR_PLAIN;
	if (fstat(descriptor, &status) < 0)
		return -1;
	if (S_ISSOCK(status.st_mode))
		*kind = DESCRIPTOR_SOCKET;
	else if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
		int opened = open_anew(descriptor);
		if (opened >= 0)
			return opened;
		/* Another user's pipe, as under sudo, or one whose reader is gone. */
		*kind = DESCRIPTOR_BLOCKING;
	}
	return fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
}
