/* What kind of file system a device is, by its number in stat(2). */
#ifndef DSH_NETWORK_MOUNT_H
#define DSH_NETWORK_MOUNT_H

#include <sys/types.h>

enum mount_kind {
	MOUNT_LOCAL,
	/* Several machines use it. */
	MOUNT_NETWORK,
	/* The same, and a file has one inode number on all of them. */
	MOUNT_NFS,
};

/* Asks no server, so that one that hangs cannot hold the answer. */
enum mount_kind mount_kind(dev_t device);
/* The same of the current directory. */
enum mount_kind current_mount_kind(void);

#endif
