/* log_queue.c -- bundles between the thread that reads and the one that judges.
 */
#include "log_audit.h"

#include <pthread.h>
#include <stdlib.h>

/*
 * Who waits for the other is woken when there are HALF of them to do, or no
 * more come: so each works for a while, and a busy machine need not switch
 * between the two for every bundle.
 */
enum { BUNDLES = 32, HALF = BUNDLES / 2 };

struct audit_queue {
	pthread_mutex_t lock;
	pthread_cond_t moved; /* one of these, while the other may wait */
	size_t given, done;
	bool stopped;
	struct audit_bundle bundles[BUNDLES];
};

struct audit_queue *audit_queue_open(void)
{
	struct audit_queue *queue = calloc(1, sizeof(*queue));

	if (!queue || pthread_mutex_init(&queue->lock, NULL) ||
	    pthread_cond_init(&queue->moved, NULL))
		abort();
	for (size_t i = 0; i < BUNDLES; i++)
		queue->bundles[i].file.bytes.limit = KL_BUNDLE_SIZE_MAX;
	return queue;
}

void audit_queue_close(struct audit_queue *queue)
{
	for (size_t i = 0; i < BUNDLES; i++)
		kl_buf_clear(&queue->bundles[i].file.bytes);
	pthread_cond_destroy(&queue->moved);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

struct audit_bundle *audit_queue_empty(struct audit_queue *queue)
{
	struct audit_bundle *bundle;

	pthread_mutex_lock(&queue->lock);
	while (!queue->stopped && queue->given - queue->done == BUNDLES)
		pthread_cond_wait(&queue->moved, &queue->lock);
	bundle =
	    queue->stopped ? NULL : &queue->bundles[queue->given % BUNDLES];
	pthread_mutex_unlock(&queue->lock);
	return bundle;
}

struct audit_bundle *audit_queue_take(struct audit_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->given == queue->done)
		pthread_cond_wait(&queue->moved, &queue->lock);
	pthread_mutex_unlock(&queue->lock);
	return &queue->bundles[queue->done % BUNDLES];
}

void audit_queue_give(struct audit_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	if (queue->bundles[queue->given % BUNDLES].is_last ||
	    queue->given + 1 - queue->done == HALF)
		pthread_cond_signal(&queue->moved);
	queue->given++;
	pthread_mutex_unlock(&queue->lock);
}

void audit_queue_done(struct audit_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->done++;
	if (queue->given - queue->done == HALF)
		pthread_cond_signal(&queue->moved);
	pthread_mutex_unlock(&queue->lock);
}

void audit_queue_stop(struct audit_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->stopped = true;
	pthread_cond_signal(&queue->moved);
	pthread_mutex_unlock(&queue->lock);
}
