/* The TypeScript programs, which lie beside this one. */
#ifndef DSH_SCRIPT_CLIENT_H
#define DSH_SCRIPT_CLIENT_H

/*
 * Becomes the TypeScript client, with the words of this call; `words` ends in NULL. Returns only if
 * that cannot be, and has said why.
 */
void become_script_client(char *const words[]);
/* Becomes the agent that listens at the path, or returns as above. */
void become_agent(const char *socket_path);

#endif
