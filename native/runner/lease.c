#include "lease.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

enum { HEAD_BYTES = offsetof(struct lease_message, text) };

bool lease_open(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return true;
}

bool lease_send(int lease, const struct lease_message *message)
{
	size_t length = HEAD_BYTES + message->text_length;
	ssize_t sent;
	do
		sent = send(lease, message, length, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

enum lease_state lease_receive(int lease, struct lease_message *message)
{
	ssize_t length;
	do
		length = recv(lease, message, sizeof *message, MSG_DONTWAIT);
	/* ECONNRESET: the other end closed with messages unread. It comes once, and before those that it
	 * had sent. */
	while (length < 0 && (errno == EINTR || errno == ECONNRESET));
	if (length < 0 && errno == EAGAIN)
		return LEASE_SILENT;
	if (length < HEAD_BYTES || (size_t)length != HEAD_BYTES + message->text_length)
		return LEASE_GONE;
	return LEASE_MESSAGE;
}
