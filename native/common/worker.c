#include "worker.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "descriptors.h"

static void *run(void *argument)
{
	static const uint64_t one = 1;
	struct worker *worker = argument;
	worker->work(worker->argument);
	while (write(worker->done, &one, sizeof one) < 0 && errno == EINTR)
		continue;
	return NULL;
}

bool worker_start(struct worker *worker, void (*work)(void *argument), void *argument)
{
	*worker = (struct worker){
		.done = eventfd(0, EFD_CLOEXEC),
		.work = work,
		.argument = argument,
	};
	if (worker->done < 0)
		return false;
	int error = pthread_create(&worker->thread, NULL, run, worker);
	if (error == 0)
		return true;
	close_descriptor(&worker->done);
	errno = error;
	return false;
}

void worker_end(struct worker *worker)
{
	pthread_join(worker->thread, NULL);
	close_descriptor(&worker->done);
}
