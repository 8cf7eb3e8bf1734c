/* A pseudo-terminal for a command whose descriptors are a terminal at the client. */
#ifndef DSH_TERMINAL_H
#define DSH_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "command.h"

/* Opens one with the command's modes and size. `*slave` is the command's side. -1: see errno. */
int terminal_open(const struct command *command, int *slave);
void terminal_resize(int terminal, uint16_t rows, uint16_t columns);
/* Whether a terminal's keys make this signal, which then goes to its foreground group. */
bool is_terminal_signal(int signal);

#endif
