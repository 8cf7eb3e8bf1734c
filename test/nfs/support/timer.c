/*
 * timer ROUNDS LINE...: runs each line of shell once a round, one after the other, and prints for
 * each how many milliseconds it took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAX = 8, ROUNDS_MAX = 1000 };

static double now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double run(char *line)
{
	char *command[] = {"/bin/sh", "-c", line, NULL};
	double begun_ms = now_ms();
	int status;
	pid_t child = fork();
	if (child == 0) {
		execv(command[0], command);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "%s: status %d\n", line, status);
		exit(1);
	}
	return now_ms() - begun_ms;
}

int main(int count, char *words[])
{
	static double times[LINES_MAX][ROUNDS_MAX];
	int rounds = atoi(words[1]), lines = count - 2;
	for (int line = 0; line < lines; line += 1)
		run(words[2 + line]);
	for (int round = 0; round < rounds; round += 1)
		for (int line = 0; line < lines; line += 1)
			times[line][round] = run(words[2 + line]);
	for (int line = 0; line < lines; line += 1)
		for (int round = 0; round < rounds; round += 1)
			printf("%.2f%c", times[line][round], round == rounds - 1 ? '\n' : ' ');
	return 0;
}
