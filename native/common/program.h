/* Finds and becomes a command's program. */
#ifndef DSH_PROGRAM_H
#define DSH_PROGRAM_H

#include "failure.h"

/*
 * Becomes the program, as execvp(3) does it with the PATH among `variables` in the current
 * directory; both lists end in NULL. Returns only if that fails, and says why in a shell's words;
 * those of src/dshexec/program.ts are the same.
 */
void become_program(char *const arguments[], char *const variables[], struct failure *failure);

#endif
