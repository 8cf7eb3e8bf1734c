#include "option-values.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	DIGITS_MAX = 15,
	COUNT_DIGITS_MAX = 6,
};

/* The longest that a timer of 32 bits can wait, and the greatest number that JavaScript holds. */
static const uint64_t timeout_ms_max = 0x7fffffff;
static const uint64_t number_max = 0x1fffffffffffff;

/* Reads decimal digits; `*rest` is what follows. False: there are none, or too many. */
static bool read_digits(const char *text, size_t digits_max, uint64_t *number, const char **rest)
{
	size_t length = strspn(text, "0123456789");
	if (length == 0 || length > digits_max)
		return false;
	*number = strtoull(text, NULL, 10);
	*rest = text + length;
	return true;
}

bool read_count(const char *text, uint64_t least, uint64_t *count)
{
	const char *rest;
	return read_digits(text, COUNT_DIGITS_MAX, count, &rest) && *rest == '\0' &&
	       *count >= least;
}

/* A whole number and a unit of `units`, each worth as much as `factors` says. */
static bool read_quantity(const char *text, const char *units, const uint64_t factors[],
                          uint64_t most, uint64_t *quantity)
{
	const char *rest;
	uint64_t factor = factors[0];
	if (!read_digits(text, DIGITS_MAX, quantity, &rest))
		return false;
	if (*rest != '\0') {
		const char *unit = strchr(units, *rest);
		if (unit == NULL || rest[1] != '\0')
			return false;
		factor = factors[1 + (unit - units)];
	}
	if (*quantity > most / factor)
		return false;
	*quantity *= factor;
	return true;
}

bool read_size(const char *text, uint64_t *bytes)
{
	static const uint64_t factors[] = {1,         1ULL << 10, 1ULL << 20, 1ULL << 30,
	                                   1ULL << 40, 1ULL << 10, 1ULL << 20, 1ULL << 30,
	                                   1ULL << 40};
	return read_quantity(text, "KMGTkmgt", factors, number_max, bytes);
}

bool read_duration(const char *text, uint64_t *ms)
{
	static const uint64_t factors[] = {1000, 1000, 60000, 3600000, 86400000};
	return read_quantity(text, "smhd", factors, timeout_ms_max, ms);
}

bool read_coherence(const char *text, enum coherence_wish *wish)
{
	static const char *const names[] = {
		[COHERENCE_AUTO] = "auto",
		[COHERENCE_ON] = "on",
		[COHERENCE_OFF] = "off",
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i += 1)
		if (strcmp(text, names[i]) == 0) {
			*wish = (enum coherence_wish)i;
			return true;
		}
	return false;
}
