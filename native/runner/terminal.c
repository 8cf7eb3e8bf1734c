#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "bytes.h"

enum {
	SLAVE_NAME_BYTES = 64,
	LINE_OFFSET = 16,
	CONTROLS_OFFSET = 17,
	CONTROLS_COUNT = TERMINAL_MODES_BYTES - CONTROLS_OFFSET,
};

static void apply_modes(int slave, const uint8_t *modes)
{
	struct termios termios;
	if (tcgetattr(slave, &termios) < 0)
		return;
	termios.c_iflag = read_u32(modes);
	termios.c_oflag = read_u32(modes + 4);
	termios.c_cflag = read_u32(modes + 8);
	termios.c_lflag = read_u32(modes + 12);
	termios.c_line = modes[LINE_OFFSET];
	for (int i = 0; i < CONTROLS_COUNT && i < NCCS; i += 1)
		termios.c_cc[i] = modes[CONTROLS_OFFSET + i];
	tcsetattr(slave, TCSANOW, &termios);
}

static int open_slave(int master)
{
	char name[SLAVE_NAME_BYTES];
	if (grantpt(master) < 0 || unlockpt(master) < 0)
		return -1;
	int error = ptsname_r(master, name, sizeof name);
	if (error != 0) {
		errno = error;
		return -1;
	}
	return open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int terminal_open(const struct command *command, int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (master < 0)
		return -1;
	*slave = open_slave(master);
	if (*slave < 0) {
		int error = errno;
		close(master);
		errno = error;
		return -1;
	}
	if (command->has_modes)
		apply_modes(*slave, command->modes);
	if (command->has_window)
		ioctl(master, TIOCSWINSZ, &command->window);
	return master;
}

void terminal_resize(int terminal, uint16_t rows, uint16_t columns)
{
	/* RESIZE has no pixels: those of the old size would be wrong, and 0 means unknown. */
	struct winsize window = {.ws_row = rows, .ws_col = columns};
	ioctl(terminal, TIOCSWINSZ, &window);
}

bool is_terminal_signal(int signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP || signal == SIGWINCH;
}
