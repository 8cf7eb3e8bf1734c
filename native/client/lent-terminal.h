/*
 * Our terminal, as far as a command on another node has it.
 *
 * With input and output both on it, it is lent wholly: raw, so that each key goes to the command's
 * terminal there, which makes of ^C, ^Z and ^D what they are. It is ours only while we are in its
 * foreground, and is given back whenever we stop or end.
 *
 * In a pipeline (`dsh ls | less`) others have their eyes on the same terminal, and modes that we
 * set and restore would come in their way. So it is left as it is: lines are sent as they are
 * typed, keys become signals here, and the command's terminal neither echoes nor processes output.
 * The price: a command cannot turn the echo off there; -t lends the terminal all the same.
 */
#ifndef DSH_LENT_TERMINAL_H
#define DSH_LENT_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "command-tags.h"
#include "standard.h"

/* From the background nothing tells when `fg` makes a running job the foreground's. */
enum { LOOK_AGAIN_MS = 250 };

struct lent_terminal {
	bool is_there;
	/* Lent wholly. */
	bool is_raw;
	struct winsize window;
	/* For the command's terminal: four words, the line discipline, and the characters. */
	uint8_t modes[TERMINAL_MODES_BYTES];
	/* The key that ends the input. */
	uint8_t end_key;
	/* While we have it. */
	bool is_taken;
	struct termios before;
};

/* What the command is told of it; a terminal that is gone is taken out of `standard`. */
void lent_terminal_plan(struct lent_terminal *terminal, struct standard *standard,
                        enum terminal_wish wish);
/* Takes it if we are in its foreground. False: we are not, and no key may be read. */
bool lent_terminal_take(struct lent_terminal *terminal);
/* Its modes are what they were before; nothing happens where we had not taken it. */
void lent_terminal_give_back(struct lent_terminal *terminal);

#endif
