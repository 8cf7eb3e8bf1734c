/* Finds and becomes a command's program. */
#ifndef DSH_PROGRAM_H
#define DSH_PROGRAM_H

#include "failure.h"
#include "command.h"

/*
 * Becomes the program, as execvp(3) does it with the command's own PATH in the command's directory,
 * which is the current one. Returns only if that fails, and says why in a shell's words; those of
 * src/dshexec/program.ts are the same.
 */
void become_program(const struct command *command, struct failure *failure);

#endif
