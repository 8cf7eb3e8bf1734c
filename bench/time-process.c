/*
 * time-process ROUNDS :EVERY COMMAND... [:EVERY COMMAND...]...
 *
 * Runs the commands in turn, ROUNDS times, each in every EVERY-th round, and prints a line for each
 * run: the command's number from 0, nanoseconds from just before its start to just after its end
 * was collected, and its wait status. Commands that take turns share whatever else the machine does.
 *
 * It is in C since starting a process by Node's spawn costs about 2 ms, as much as what is measured.
 * posix_spawn shares the memory of this small program until exec, so the start costs what it must.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 32

extern char **environ;

struct command {
  long every;
  char **words;
};

static void fail(const char *what, const char *why) {
  fprintf(stderr, "time-process: %s: %s\n", what, why);
  exit(2);
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Where `word` is :N, that N; else 0. */
static long separator(const char *word) {
  char *end;
  if (word[0] != ':' || word[1] == '\0') return 0;
  long every = strtol(word + 1, &end, 10);
  return *end == '\0' && every > 0 ? every : 0;
}

/* Cuts the words at their separators, which become the ends of the commands before them. */
static int split(char **words, struct command *commands) {
  int count = 0;
  for (; *words; words++) {
    long every = separator(*words);
    if (every == 0 && count == 0) fail(*words, "expected :EVERY before a command");
    if (every == 0) continue;
    if (count == COMMANDS_MAX) fail(*words, "too many commands");
    *words = NULL;
    commands[count++] = (struct command){every, words + 1};
  }
  for (int i = 0; i < count; i++)
    if (!commands[i].words[0]) fail("a command", "expected words");
  return count;
}

static void run(int number, char **words, posix_spawn_file_actions_t *actions) {
  pid_t pid;
  int status;
  long long start = now_ns();
  int error = posix_spawnp(&pid, words[0], actions, NULL, words, environ);
  if (error) fail(words[0], strerror(error));
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) fail("waitpid", strerror(errno));
  printf("%d %lld %d\n", number, now_ns() - start, status);
}

int main(int argc, char **argv) {
  struct command commands[COMMANDS_MAX];
  long rounds = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
  if (rounds < 1) fail("usage", "time-process ROUNDS :EVERY COMMAND...");
  int count = split(argv + 2, commands);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (long round = 0; round < rounds; round++)
    for (int i = 0; i < count; i++)
      if (round % commands[i].every == 0) run(i, commands[i].words, &actions);
  return 0;
}
