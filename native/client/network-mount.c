#include "network-mount.h"

#include <stdbool.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { LINE_BYTES = 4096 };

/*
 * Names and not the numbers of statfs(2), which asks an NFS server and calls all of FUSE the same.
 * `fuse.` is any file system of that kind: most are networks, and the others lose little by it.
 */
static bool is_network_type(const char *type)
{
	static const char *const types[] = {
		"cifs",   "smb3",  "smbfs", "ceph",     "lustre", "gpfs",
		"afs",    "coda",  "9p",    "beegfs",   "pvfs2",  "gfs2",
		"ocfs2",  "panfs", "wekafs", "orangefs", "virtiofs", "glusterfs",
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i += 1)
		if (strcmp(type, types[i]) == 0)
			return true;
	return strncmp(type, "fuse.", 5) == 0;
}

static enum mount_kind kind_of_type(const char *type)
{
	if (strcmp(type, "nfs") == 0 || strcmp(type, "nfs4") == 0)
		return MOUNT_NFS;
	return is_network_type(type) ? MOUNT_NETWORK : MOUNT_LOCAL;
}

/* `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD...] - TYPE ...`: proc(5). */
static enum mount_kind kind_in_line(const char *line, dev_t device)
{
	unsigned device_major, device_minor;
	char type[64];
	const char *end = strstr(line, " - ");
	if (sscanf(line, "%*u %*u %u:%u", &device_major, &device_minor) != 2 ||
	    makedev(device_major, device_minor) != device || end == NULL ||
	    sscanf(end, " - %63s", type) != 1)
		return MOUNT_LOCAL;
	return kind_of_type(type);
}

enum mount_kind mount_kind(dev_t device)
{
	char line[LINE_BYTES];
	enum mount_kind kind = MOUNT_LOCAL;
	/* What lies on a device of this machine has a major number, and costs no more than this. */
	if (major(device) != 0)
		return MOUNT_LOCAL;
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	if (mounts == NULL)
		return MOUNT_LOCAL;
	while (kind == MOUNT_LOCAL && fgets(line, sizeof line, mounts) != NULL)
		kind = kind_in_line(line, device);
	fclose(mounts);
	return kind;
}

enum mount_kind current_mount_kind(void)
{
	struct statx status;
	if (statx(AT_FDCWD, ".", AT_STATX_DONT_SYNC, 0, &status) < 0)
		return MOUNT_LOCAL;
	return mount_kind(makedev(status.stx_dev_major, status.stx_dev_minor));
}
