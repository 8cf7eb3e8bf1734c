/* What the supervisor tells the runner, and when. */
#include "supervisor.h"

#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"

/* A limit of more than this, 35 years, is none. */
#define TIMEOUT_MS_MAX (UINT64_C(1) << 40)

void tell(const struct supervisor *self, enum lease_word word, int value)
{
	struct lease_message message;
	message.word = word;
	message.value = value;
	message.target = 0;
	message.text_length = 0;
	lease_send(self->lease, &message);
}

static void tell_all(const struct supervisor *self, enum lease_word word, int value,
                     const void *text, size_t length)
{
	struct lease_message message = {
		.word = word,
		.value = value,
		.text_length = (uint32_t)length,
	};
	memcpy(message.text, text, length);
	lease_send(self->lease, &message);
}

void tell_text(const struct supervisor *self, enum lease_word word, const void *text, size_t length)
{
	tell_all(self, word, 0, text, length);
}

void tell_failure(struct supervisor *self, const struct failure *failure)
{
	self->has_failed = true;
	tell_all(self, LEASE_FAILED, (int)failure->reason, failure->message, failure->length);
}

/* Whether the command's process has written why it failed: its exec closes the pipe without. */
static bool read_failure(int report, struct failure *failure)
{
	size_t length = 0;
	ssize_t got;
	while ((got = read(report, (char *)failure + length, sizeof *failure - length)) > 0)
		length += (size_t)got;
	return length == sizeof *failure;
}

void settle_start(struct supervisor *self)
{
	struct failure failure = {0};
	if (self->report < 0)
		return;
	bool has_failed = read_failure(self->report, &failure);
	close_descriptor(&self->report);
	if (has_failed) {
		tell_failure(self, &failure);
		return;
	}
	tell(self, LEASE_STARTED, self->command);
	if (self->timeout_ms > 0 && self->timeout_ms < TIMEOUT_MS_MAX && !self->is_ending)
		self->deadline_ms = now_ms() + (int64_t)self->timeout_ms;
}
