/* What the agent says, and what is done about it. */
#ifndef DSH_INCOMING_H
#define DSH_INCOMING_H

#include <stdbool.h>

#include "outcome.h"
#include "relay.h"

/* Takes the frames that have come, up to the command's end. */
void incoming_take(struct relay *relay, struct outcome *outcome);
/* Contact with the agent is lost. */
void incoming_lose(struct relay *relay, struct outcome *outcome, const char *reason);
/*
 * Whether the end is one that we brought about. Who kills a command does not wait for its reader
 * here either; one that ends by itself, when told to, may have something to say.
 */
bool incoming_was_wanted(const struct relay *relay, const struct outcome *outcome);
/* We were stopped and go on, and so does the command. */
void incoming_go_on(struct relay *relay);

#endif
