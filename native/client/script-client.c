#include "script-client.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "memory.h"

enum { SCRIPT_NAME_BYTES = 16 };

/* Beside this program, wherever a link to it is. False: its own place cannot be told. */
static bool find_script(char path[PATH_MAX], const char *name)
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - SCRIPT_NAME_BYTES);
	if (length <= 0)
		return false;
	while (length > 0 && path[length - 1] != '/')
		length -= 1;
	strcpy(path + length, name);
	return true;
}

/* `words` are those of the script alone. */
static void become_script(const char *name, char *const words[])
{
	char path[PATH_MAX];
	const char *node = getenv("DSH_NODE");
	size_t count = 0;
	while (words[count] != NULL)
		count += 1;
	char **command = allocate(count + 3, sizeof(char *));
	command[0] = (char *)(node != NULL && node[0] != '\0' ? node : "node");
	command[1] = path;
	memcpy(command + 2, words, count * sizeof(char *));
	if (!find_script(path, name))
		complain("cannot find %s: /proc/self/exe does not say where this program is", name);
	else if (access(path, R_OK) < 0)
		complain("cannot read %s: %s; install dsh again", path, strerror(errno));
	else {
		execvp(command[0], command);
		complain("cannot run %s: %s; expected Node.js in PATH, or DSH_NODE to name it",
		         command[0], strerror(errno));
	}
	free(command);
}

void become_script_client(char *const words[])
{
	become_script("dsh.js", words + 1);
}

void become_agent(const char *socket_path)
{
	char word[] = "--agent";
	char *words[] = {word, (char *)socket_path, NULL};
	become_script("agent.cjs", words);
}
