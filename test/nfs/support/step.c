/*
 * One of many steps that depend on each other, for a test of coherence. Step K reads `step.K-1`,
 * looks at the size of `current`, which step K-1 has rewritten, looks for `step.K+1` before it is
 * there, so that this node may remember that it is not, and then writes `step.K` and `current`.
 *
 *     step run K      does so; exits with 0, or 1: the file was missing, 2: the size was an old one
 *     step look K     looks at what step K has written, and for the file of the next one
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MISSING = 1, STALE = 2, BROKEN = 3, SIZES = 40 };

static off_t size_after(long step)
{
	return step % SIZES + 1;
}

static int look(long step)
{
	char name[32], text[32] = "";
	struct stat status;
	int found = 0;
	snprintf(name, sizeof name, "step.%ld", step);
	int file = open(name, O_RDONLY);
	if (file < 0)
		return MISSING;
	if (read(file, text, sizeof text - 1) < 0 || atol(text) != step)
		found = STALE;
	close(file);
	if (stat("current", &status) < 0)
		return MISSING;
	return status.st_size == size_after(step) ? found : STALE;
}

static int is_there(long step)
{
	char name[32];
	snprintf(name, sizeof name, "step.%ld", step);
	return access(name, F_OK) == 0;
}

static int write_file(const char *name, const char *text, size_t length)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	return file >= 0 && write(file, text, length) == (ssize_t)length && close(file) == 0;
}

static int write_step(long step)
{
	char name[32], text[32], filler[SIZES];
	snprintf(name, sizeof name, "step.%ld", step);
	int length = snprintf(text, sizeof text, "%ld\n", step);
	memset(filler, 'x', sizeof filler);
	return write_file(name, text, (size_t)length) &&
	       write_file("current", filler, (size_t)size_after(step));
}

int main(int count, char *words[])
{
	if (count != 3)
		return BROKEN;
	long step = atol(words[2]);
	int runs = strcmp(words[1], "run") == 0;
	int found = runs ? (step == 0 ? 0 : look(step - 1)) : look(step);
	if (is_there(step + 1))
		found = BROKEN;
	if (runs && !write_step(step))
		found = BROKEN;
	return found;
}
