/* What the calling process is, so that the command can be the same elsewhere. */
#ifndef DSH_CALLER_H
#define DSH_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * The directory as the user knows it: $PWD, which may lead through symbolic links, if it names the
 * current directory, else the kernel's path. NULL: it was removed.
 */
const char *caller_directory(void);
mode_t caller_umask(void);
/* The signals that this process was told to ignore, as bits from signal 1 on. */
uint64_t caller_ignored_signals(void);
/* True if this process must leave the terminal alone; never without job control. */
bool caller_is_in_background(int terminal);

#endif
