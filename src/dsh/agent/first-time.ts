/** Tells whether something happens in a session for the first time: a notice is given once in it. */
const SESSIONS_REMEMBERED_MAX = 1000;

export function createFirstTime(): (session: number) => boolean {
  const sessions = new Set<number>();
  return (session) => {
    if (sessions.has(session)) return false;
    for (const oldest of sessions) {
      if (sessions.size < SESSIONS_REMEMBERED_MAX) break;
      sessions.delete(oldest);
    }
    sessions.add(session);
    return true;
  };
}
