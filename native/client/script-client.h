/* The TypeScript programs, which lie beside this one. */
#ifndef DSH_SCRIPT_CLIENT_H
#define DSH_SCRIPT_CLIENT_H

/*
 * Becomes the TypeScript client, with the words of this call; `words` ends in NULL. Returns only if
 * that cannot be, and has said why.
 */
void become_script_client(char *const words[]);

#endif
