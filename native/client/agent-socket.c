#include "agent-socket.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool is_private(const char *path, struct stat *status)
{
	return lstat(path, status) == 0 && S_ISDIR(status->st_mode) &&
	       status->st_uid == getuid() && (status->st_mode & 0777) == 0700;
}

static void explain_refusal(const char *path, const struct stat *status, struct outcome *outcome)
{
	static const char cure[] =
		"remove it, or set XDG_RUNTIME_DIR to a directory of yours with mode 0700";
	if (!S_ISDIR(status->st_mode))
		outcome_not_started(outcome, "%s is not a directory; %s", path, cure);
	else if (status->st_uid != getuid())
		outcome_not_started(outcome, "%s belongs to user %u, not to you (%u); %s", path,
		                    status->st_uid, getuid(), cure);
	else
		outcome_not_started(outcome, "%s has mode 0%o; expected 0700: chmod 700 %s", path,
		                    status->st_mode & 0777, path);
}

/* As prepareRuntimeDirectory in src/node/runtime-directory.ts. */
static bool prepare_directory(char path[PATH_MAX], struct outcome *outcome)
{
	const char *login = getenv("XDG_RUNTIME_DIR");
	struct stat status = {0};
	if (login != NULL && login[0] == '/' && is_private(login, &status))
		snprintf(path, PATH_MAX, "%s/dsh", login);
	else
		snprintf(path, PATH_MAX, "/tmp/dsh-%u", getuid());
	if (is_private(path, &status))
		return true;
	/* A umask such as 0277 takes rights from us, too. */
	if (mkdir(path, 0700) == 0)
		chmod(path, 0700);
	else if (errno != EEXIST) {
		outcome_not_started(outcome, "cannot use %s: %s", path, strerror(errno));
		return false;
	}
	if (is_private(path, &status))
		return true;
	explain_refusal(path, &status, outcome);
	return false;
}

/* A path that is too long would be cut by the kernel, and name another socket. */
static bool take_path(char path[SOCKET_PATH_BYTES], const char *whole, struct outcome *outcome)
{
	size_t length = strlen(whole);
	if (length < SOCKET_PATH_BYTES) {
		memcpy(path, whole, length + 1);
		return true;
	}
	outcome_not_started(outcome, "the socket path %s has %zu bytes; at most %d are possible",
	                    whole, length, SOCKET_PATH_BYTES - 1);
	return false;
}

bool find_agent_socket(char path[SOCKET_PATH_BYTES], struct outcome *outcome)
{
	char whole[PATH_MAX + sizeof "/agent.sock"], directory[PATH_MAX];
	const char *named = getenv("DSH_AGENT");
	if (named != NULL && named[0] == '/')
		return take_path(path, named, outcome);
	if (named != NULL && named[0] != '\0') {
		/* A started agent has another directory. */
		if (getcwd(directory, sizeof directory) == NULL)
			directory[0] = '\0';
		snprintf(whole, sizeof whole, "%s/%.*s", directory, NAME_MAX, named);
		return take_path(path, whole, outcome);
	}
	if (!prepare_directory(directory, outcome))
		return false;
	snprintf(whole, sizeof whole, "%s/agent.sock", directory);
	return take_path(path, whole, outcome);
}

/* A command and its environment are told to nobody else. */
static bool is_own(int descriptor)
{
	struct ucred peer;
	socklen_t length = sizeof peer;
	if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return false;
	if (peer.uid == getuid())
		return true;
	errno = EPERM;
	return false;
}

enum agent_state connect_to_agent(const char *path, int *descriptor)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	*descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*descriptor >= 0 &&
	    connect(*descriptor, (struct sockaddr *)&address, sizeof address) == 0 &&
	    is_own(*descriptor))
		return AGENT_CONNECTED;
	int error = errno;
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
	errno = error;
	/* A file that is no socket refuses connections as a dead socket does, and is to be left alone. */
	struct stat status;
	if (error == ECONNREFUSED && lstat(path, &status) == 0 && !S_ISSOCK(status.st_mode)) {
		errno = ENOTSOCK;
		return AGENT_UNREACHABLE;
	}
	if (error == ENOENT || error == ECONNREFUSED)
		return AGENT_ABSENT;
	return error == EAGAIN ? AGENT_BUSY : AGENT_UNREACHABLE;
}
