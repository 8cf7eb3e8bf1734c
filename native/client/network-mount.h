/* Whether a directory is on a file system that several machines use. */
#ifndef DSH_NETWORK_MOUNT_H
#define DSH_NETWORK_MOUNT_H

#include <stdbool.h>

/* Asks no server, so that one that hangs cannot hold the answer. */
bool is_on_network(const char *directory);

#endif
