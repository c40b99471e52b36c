#include "lending.h"

#include <stdatomic.h>

static atomic_size_t lent;
static size_t lent_max;

void lending_open(const struct config *config)
{
	lent_max = (size_t)config->download_mb << 20;
}

enum error lending_take(struct request *request, size_t size)
{
	lending_return(request->lent);
	request->lent = 0;
	if (atomic_fetch_add(&lent, size) + size > lent_max) {
		lending_return(size);
		return ERR_BUSY;
	}
	request->lent = size;
	return ERR_OK;
}

void lending_return(size_t size)
{
	atomic_fetch_sub(&lent, size);
}
