/* Where the user's agent listens, and the connection to it. */
#ifndef DSH_AGENT_SOCKET_H
#define DSH_AGENT_SOCKET_H

#include <stdbool.h>

#include "outcome.h"

/* The last of the 108 bytes of sockaddr_un is a NUL. */
enum { SOCKET_PATH_BYTES = 108 };

/*
 * $DSH_AGENT, else agent.sock in the user's own directory, which is made: $XDG_RUNTIME_DIR/dsh
 * where that is the user's alone, else /tmp/dsh-UID. One that somebody else could have prepared is
 * refused: `outcome` says why.
 */
bool find_agent_socket(char path[SOCKET_PATH_BYTES], struct outcome *outcome);

enum agent_state {
	AGENT_CONNECTED,
	/* Nobody listens. */
	AGENT_ABSENT,
	/* Somebody listens, but his queue is full. */
	AGENT_BUSY,
	AGENT_UNREACHABLE,
};

/* Connects once, without waiting. Of AGENT_UNREACHABLE, errno says more. */
enum agent_state connect_to_agent(const char *path, int *descriptor);

#endif
