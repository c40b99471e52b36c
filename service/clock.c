#include "clock.h"

#include "db.h"

#include <stdatomic.h>
#include <time.h>

#define US INT64_C(1000000)

static atomic_bool rehearses, stands;
static atomic_llong stands_at; /* seconds */

int64_t clock_machine_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * US + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return atomic_load(&stands) ? atomic_load(&stands_at) * US
				    : clock_machine_us();
}

int64_t clock_now(void)
{
	return clock_now_us() / US;
}

int64_t clock_machine(void)
{
	return clock_machine_us() / US;
}

int64_t clock_steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int64_t clock_skew_us(int64_t before_us, int64_t after_us, int64_t database_us)
{
	if (database_us < before_us)
		return before_us - database_us;
	return database_us > after_us ? database_us - after_us : 0;
}

bool clock_rehearses(void)
{
	return atomic_load(&rehearses);
}

bool clock_stands(void)
{
	return atomic_load(&stands);
}

void clock_rehearse(int64_t now)
{
	atomic_store(&stands_at, now);
	atomic_store(&stands, true);
	atomic_store(&rehearses, true);
}

void clock_move(int64_t now)
{
	if (now > atomic_load(&stands_at))
		atomic_store(&stands_at, now);
}

void clock_join(void)
{
	atomic_store(&rehearses, true);
	atomic_store(&stands, false);
}

int64_t clock_next(int64_t now, int64_t target, int64_t due)
{
	int64_t next = target;

	if (due != DB_TIME_NONE && due < target)
		next = due;
	return next > now ? next : now;
}
