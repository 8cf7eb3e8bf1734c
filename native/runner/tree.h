/*
 * The processes below one, found in /proc. A supervisor is the subreaper of its job: what a command
 * starts stays below the supervisor, whatever session it makes for itself.
 */
#ifndef DSH_TREE_H
#define DSH_TREE_H

#include <sys/types.h>

/* SIGTERM to all below `root` but a group that has been told already, which may be 0, and SIGCONT,
 * since what is stopped would not hear of it. */
void tree_terminate(pid_t root, pid_t told_group);
/* SIGKILL to all below `root` that are seen in one look. */
void tree_kill(pid_t root);
/* SIGKILL to all below `root`, after all are stopped, so that none forks away meanwhile. */
void tree_freeze_and_kill(pid_t root);
/* A signal to every process of a session but one, which may be 0. */
void session_signal(pid_t session, int signal, pid_t excepted);

#endif
