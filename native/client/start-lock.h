/*
 * Chooses, among many dsh that find no agent, the one that starts it; src/dsh/start-lock.ts takes
 * the same lock and says how it works.
 */
#ifndef DSH_START_LOCK_H
#define DSH_START_LOCK_H

enum lock_state {
	LOCK_TAKEN,
	/* A living process holds it. */
	LOCK_HELD,
	/* No file can be made: errno says why. */
	LOCK_IMPOSSIBLE,
};

enum lock_state take_start_lock(const char *path);
void release_start_lock(const char *path);

#endif
