/** Options for an ssh at which nobody sits. */

/**
 * It asks nothing, ends soon when the node is gone, and is a connection of its own, free of what the
 * user's configuration sets up for people (a shared master, forwarded ports, a command of its own).
 * An option that the user gave with -e comes first, so it wins.
 */
export const unattendedSshOptions = [
  '-T',
  '-oBatchMode=yes',
  '-oConnectTimeout=10',
  '-oServerAliveInterval=5',
  '-oServerAliveCountMax=3',
  '-oControlMaster=no',
  '-oControlPath=none',
  '-oClearAllForwardings=yes',
  '-oRemoteCommand=none',
] as const;
