#include "host-variables.h"

#include <string.h>

/* As in src/core/host-variables.ts; test/native/host-variables.test.ts compares the two. */
static const char *const names[] = {
	/* The desktop. */
	"DISPLAY",
	"XAUTHORITY",
	"ICEAUTHORITY",
	"WAYLAND_DISPLAY",
	"WAYLAND_SOCKET",
	"SESSION_MANAGER",
	"DESKTOP_STARTUP_ID",
	"WINDOWID",
	"DBUS_SESSION_BUS_ADDRESS",
	"DBUS_SESSION_BUS_PID",
	"DBUS_STARTER_ADDRESS",
	"DBUS_STARTER_BUS_TYPE",
	/* The login and its keys. */
	"SSH_AUTH_SOCK",
	"SSH_AGENT_PID",
	"SSH_CLIENT",
	"SSH_CONNECTION",
	"SSH_TTY",
	"GPG_AGENT_INFO",
	"GPG_TTY",
	"KRB5CCNAME",
	"XDG_RUNTIME_DIR",
	"XDG_SEAT",
	"XDG_SEAT_PATH",
	"XDG_VTNR",
	"XDG_SESSION_CLASS",
	"XDG_SESSION_ID",
	"XDG_SESSION_TYPE",
	/* The terminal multiplexer, whose socket is here. */
	"TMUX",
	"TMUX_PANE",
	"STY",
	/* The service manager. */
	"INVOCATION_ID",
	"JOURNAL_STREAM",
	"LISTEN_FDNAMES",
	"LISTEN_FDS",
	"LISTEN_PID",
	"MAINPID",
	"MANAGERPID",
	"NOTIFY_SOCKET",
	"SYSTEMD_EXEC_PID",
	"WATCHDOG_PID",
	"WATCHDOG_USEC",
	/* The shell's name of the machine, and dsh's own sockets and interpreter. */
	"HOST",
	"HOSTNAME",
	"DSH_AGENT",
	"DSH_NODE",
	"DSH_SOCKET",
};

/* Whole families, of which new members keep appearing. */
static const char *const families[] = {"SSH_", "XDG_SESSION_", "GNOME_KEYRING_"};

static size_t name_length(const char *variable)
{
	return strcspn(variable, "=");
}

bool has_same_name(const char *variable, const char *other)
{
	size_t length = name_length(variable);
	return length == name_length(other) && memcmp(variable, other, length) == 0;
}

bool is_host_variable(const char *variable)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i += 1)
		if (has_same_name(variable, names[i]))
			return true;
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i += 1)
		if (strncmp(variable, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}
