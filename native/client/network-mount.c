#include "network-mount.h"

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
		"nfs",  "nfs4", "cifs",    "smb3",  "smbfs", "ceph", "lustre", "gpfs",     "afs",
		"coda", "9p",   "beegfs",  "pvfs2", "gfs2",  "orangefs", "ocfs2", "glusterfs", "panfs",
		"wekafs", "virtiofs",
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i += 1)
		if (strcmp(type, types[i]) == 0)
			return true;
	return strncmp(type, "fuse.", 5) == 0;
}

/* `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD...] - TYPE ...`: proc(5). */
static bool is_network_line(const char *line, dev_t device)
{
	unsigned device_major, device_minor;
	char type[64];
	const char *end = strstr(line, " - ");
	return sscanf(line, "%*u %*u %u:%u", &device_major, &device_minor) == 2 &&
	       makedev(device_major, device_minor) == device && end != NULL &&
	       sscanf(end, " - %63s", type) == 1 && is_network_type(type);
}

static bool is_in_mounts(FILE *mounts, dev_t device)
{
	char line[LINE_BYTES];
	while (fgets(line, sizeof line, mounts) != NULL)
		if (is_network_line(line, device))
			return true;
	return false;
}

bool is_on_network(const char *directory)
{
	struct stat status;
	/* What lies on a device of this machine has a major number, and costs no more than this. */
	if (stat(directory, &status) < 0 || major(status.st_dev) != 0)
		return false;
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	if (mounts == NULL)
		return false;
	bool is_network = is_in_mounts(mounts, status.st_dev);
	fclose(mounts);
	return is_network;
}
