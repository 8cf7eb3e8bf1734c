/* What the supervisor says of a command's files, and when. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

static const char *awaited_path(const struct coherence *coherence)
{
	const char *path = coherence->barrier.awaited;
	return strcmp(path, ".") == 0 ? coherence->command->directory : path;
}

static void tell_notice(struct supervisor *self)
{
	char text[MESSAGE_BYTES_MAX];
	char host[256] = "";
	const char *path = awaited_path(self->coherence);
	gethostname(host, sizeof host - 1);
	int length = snprintf(text, sizeof text, "waiting for %s on %s", path, host);
	if (length >= (int)sizeof text)
		length = sizeof text - 1;
	tell_text(self, LEASE_NOTICE, text, (size_t)length);
	self->coherence->notice_ms = NEVER;
}

/* Returns when the work is done, or will not be done in time. Nothing has been started yet. */
static bool await_work(struct supervisor *self)
{
	struct lease_message message;
	for (;;) {
		struct pollfd watched[] = {
			{.fd = self->coherence->worker.done, .events = POLLIN},
			{.fd = self->lease, .events = POLLIN},
		};
		if (poll(watched, 2, ms_until(coherence_due_ms(self->coherence))) < 0)
			continue;
		if (watched[0].revents)
			return true;
		/* Of its words only those that end it can come so early. */
		if (watched[1].revents && lease_receive(self->lease, &message) != LEASE_SILENT)
			_exit(0);
		if (coherence_is_overdue(self->coherence))
			return false;
		if (coherence_is_due(self->coherence))
			tell_notice(self);
	}
}

bool await_files(struct supervisor *self, const struct command *command, struct failure *failure)
{
	static struct coherence coherence;
	if (!coherence_open(&coherence, command)) {
		failure_set(failure, FAILURE_INCOHERENT, "cannot look after files: %s",
		            strerror(errno));
		return false;
	}
	self->coherence = &coherence;
	bool is_done = await_work(self);
	if (!is_done)
		failure_set(failure, FAILURE_INCOHERENT,
		            "the file system of %s does not answer within %.1f s "
		            "(--coherence-timeout)",
		            awaited_path(&coherence), (double)command->coherence_ms / 1000);
	else {
		worker_end(&coherence.worker);
		*failure = coherence.failure;
	}
	return is_done && coherence.is_settled;
}

/* As many whole reports as a message takes, one message after the other. */
static void tell_reports(struct supervisor *self, struct buffer *reports)
{
	struct file_report report;
	while (buffer_length(reports) > 0) {
		size_t length = 0, next;
		while ((next = read_report(buffer_front(reports) + length,
		                           buffer_length(reports) - length, &report)) > 0 &&
		       length + next <= MESSAGE_BYTES_MAX)
			length += next;
		if (length == 0)
			return;
		tell_text(self, LEASE_CHANGED, buffer_front(reports), length);
		buffer_consume(reports, length);
	}
}

/* Of NFS only: there the server's clock counts, and not this node's. */
static void tell_stamp(struct supervisor *self)
{
	struct buffer reports = {0};
	uint64_t stamp_ns = self->coherence->stamp_ns;
	if (stamp_ns == 0 || self->coherence->command->directory_inode == 0)
		return;
	write_report(&reports, &(struct file_report){
				       .kind = REPORT_STAMP,
				       .ctime_ns = stamp_ns,
				       .path = ".",
				       .path_length = 1,
			       });
	tell_reports(self, &reports);
	buffer_free(&reports);
}

/* The client is to know that it does not know. */
static void tell_ignorance(struct supervisor *self)
{
	struct buffer reports = {0};
	const char *path = awaited_path(self->coherence);
	write_report(&reports, &(struct file_report){
				       .kind = REPORT_UNKNOWN,
				       .path = path,
				       .path_length = strlen(path),
			       });
	tell_reports(self, &reports);
	buffer_free(&reports);
}

void tell_files(struct supervisor *self)
{
	struct coherence *coherence = self->coherence;
	struct pollfd done = {.fd = coherence->worker.done, .events = POLLIN};
	if (poll(&done, 1, 0) > 0) {
		worker_end(&coherence->worker);
		tell_reports(self, &coherence->reports);
		tell_stamp(self);
	} else if (coherence_is_overdue(coherence)) {
		tell_ignorance(self);
	} else {
		tell_notice(self);
		return;
	}
	coherence->is_awaited = false;
	tell(self, self->end_word, self->status);
}

void tell_end(struct supervisor *self, enum lease_word word)
{
	/* Nobody waits for the files of a command that was given up. */
	bool is_looked_after = self->coherence != NULL && !self->is_abandoned;
	self->end_word = word;
	if (is_looked_after && coherence_end(self->coherence))
		return;
	if (is_looked_after)
		tell_ignorance(self);
	tell(self, word, self->status);
}
