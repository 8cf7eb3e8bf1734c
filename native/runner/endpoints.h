/* The two ends of a command's descriptors 0, 1 and 2: pipes, one terminal, or nothing. */
#ifndef DSH_ENDPOINTS_H
#define DSH_ENDPOINTS_H

#include <stdbool.h>

#include "command.h"
#include "frame.h"

struct endpoints {
	/* The command's ends; -1 where it is closed or /dev/null. They may be equal. */
	int command[STREAM_COUNT];
	/* Our end of the command's input, or -1. */
	int input;
	/* Our ends of its outputs, by stream. A terminal's output is the first of the streams 1
	 * and 2 that are on it, or stream 0 where only its input is. */
	int outputs[STREAM_COUNT];
	/* Our side of the terminal, or -1; `input` and `outputs` have descriptors of their own. */
	int terminal;
	/* The command's side, or -1. */
	int slave;
};

/* Ours never block, and all are closed on exec. False: see errno; nothing is open then. */
bool endpoints_open(struct endpoints *ends, const struct command *command);
/* Closes the command's ends, which only the command is to have once it runs. */
void endpoints_close_command(struct endpoints *ends);
/* Closes all. */
void endpoints_close(struct endpoints *ends);

#endif
