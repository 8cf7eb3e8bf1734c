/**
 * The variables that belong to a host or to a login on it, not to the command: a display, a socket,
 * a session. dsh leaves them out of what it sends, and the node puts in its own, where it has any.
 * Everything else travels, PATH included: a command is to find what it would find here.
 */

/** Those with fixed names, by who sets them. */
export const hostVariableNames: readonly string[] = [
  // The desktop.
  'DISPLAY',
  'XAUTHORITY',
  'ICEAUTHORITY',
  'WAYLAND_DISPLAY',
  'WAYLAND_SOCKET',
  'SESSION_MANAGER',
  'DESKTOP_STARTUP_ID',
  'WINDOWID',
  'DBUS_SESSION_BUS_ADDRESS',
  'DBUS_SESSION_BUS_PID',
  'DBUS_STARTER_ADDRESS',
  'DBUS_STARTER_BUS_TYPE',
  // The login and its keys.
  'SSH_AUTH_SOCK',
  'SSH_AGENT_PID',
  'SSH_CLIENT',
  'SSH_CONNECTION',
  'SSH_TTY',
  'GPG_AGENT_INFO',
  'GPG_TTY',
  'KRB5CCNAME',
  'XDG_RUNTIME_DIR',
  'XDG_SEAT',
  'XDG_SEAT_PATH',
  'XDG_VTNR',
  'XDG_SESSION_CLASS',
  'XDG_SESSION_ID',
  'XDG_SESSION_TYPE',
  // The terminal multiplexer, whose socket is here.
  'TMUX',
  'TMUX_PANE',
  'STY',
  // The service manager.
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'LISTEN_FDNAMES',
  'LISTEN_FDS',
  'LISTEN_PID',
  'MAINPID',
  'MANAGERPID',
  'NOTIFY_SOCKET',
  'SYSTEMD_EXEC_PID',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
  // The shell's name of the machine, and dsh's own sockets and interpreter.
  'HOST',
  'HOSTNAME',
  'DSH_AGENT',
  'DSH_NODE',
  'DSH_SOCKET',
];

/** Whole families, of which new members keep appearing. */
const families = ['SSH_', 'XDG_SESSION_', 'GNOME_KEYRING_'];
const names = new Set(hostVariableNames);

export function isHostVariable(name: string): boolean {
  return names.has(name) || families.some((family) => name.startsWith(family));
}
