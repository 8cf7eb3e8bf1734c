/* Values of options that are more than a text. False: the other client is to explain what is wrong. */
#ifndef DSH_OPTION_VALUES_H
#define DSH_OPTION_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"

bool read_count(const char *text, uint64_t least, uint64_t *count);
bool read_size(const char *text, uint64_t *bytes);
bool read_duration(const char *text, uint64_t *ms);
bool read_coherence(const char *text, enum coherence_wish *wish);

#endif
