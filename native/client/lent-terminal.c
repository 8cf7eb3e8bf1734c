#include "lent-terminal.h"

#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "caller.h"

enum {
	LINE_OFFSET = 16,
	CONTROLS_OFFSET = 17,
	CONTROLS_COUNT = TERMINAL_MODES_BYTES - CONTROLS_OFFSET,
	CONTROL_D = 4,
};

/* What Linux gives to a new pseudo-terminal. */
static const struct termios new_terminal = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {[VINTR] = 3,     [VQUIT] = 28,    [VERASE] = 127, [VKILL] = 21,
	         [VEOF] = 4,      [VMIN] = 1,      [VSTART] = 17,  [VSTOP] = 19,
	         [VSUSP] = 26,    [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23,
	         [VLNEXT] = 22},
};

/* Who echoes keys and turns newlines into carriage returns is one of the two terminals, not both. */
static void encode_modes(const struct termios *termios, bool is_raw, uint8_t *modes)
{
	tcflag_t no_output = is_raw ? 0 : OPOST;
	tcflag_t no_local = is_raw ? 0 : ECHO;
	write_u32(modes, termios->c_iflag);
	write_u32(modes + 4, termios->c_oflag & ~no_output);
	write_u32(modes + 8, termios->c_cflag);
	write_u32(modes + 12, termios->c_lflag & ~no_local);
	modes[LINE_OFFSET] = 0;
	for (int i = 0; i < CONTROLS_COUNT; i += 1)
		modes[CONTROLS_OFFSET + i] = i < NCCS ? termios->c_cc[i] : 0;
}

void lent_terminal_plan(struct lent_terminal *terminal, struct standard *standard,
                        enum terminal_wish wish)
{
	struct termios modes;
	int own = standard->own_terminal;
	*terminal = (struct lent_terminal){.end_key = CONTROL_D};
	if (standard->terminals == 0 || own < 0)
		return;
	if (tcgetattr(own, &modes) < 0 || ioctl(own, TIOCGWINSZ, &terminal->window) < 0) {
		if (wish != TERMINAL_ALWAYS)
			standard->terminals = 0;
		return;
	}
	terminal->is_there = true;
	terminal->is_raw = standard_has(standard->terminals, STDIN_FILENO) &&
	                   standard_has(standard->terminals, STDOUT_FILENO) && isatty(STDIN_FILENO);
	/* In the background one sees those that the shell's line editor has set for itself. */
	if (caller_is_in_background(own))
		modes = new_terminal;
	encode_modes(&modes, terminal->is_raw, terminal->modes);
	if (modes.c_cc[VEOF] != 0)
		terminal->end_key = modes.c_cc[VEOF];
}

bool lent_terminal_take(struct lent_terminal *terminal)
{
	struct termios raw;
	if (caller_is_in_background(STDIN_FILENO))
		return false;
	if (!terminal->is_raw || terminal->is_taken)
		return true;
	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return true;
	raw = terminal->before;
	/* Keys come one by one and untouched, and what is written is shown as it is. */
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	terminal->is_taken = true;
	return true;
}

void lent_terminal_give_back(struct lent_terminal *terminal)
{
	/* Stopped by somebody else and sent to the background, we find modes of the shell's. */
	if (terminal->is_taken && !caller_is_in_background(STDIN_FILENO))
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	terminal->is_taken = false;
}
