/*
 * oom.c -- memory that runs out when a test says so. To be preloaded:
 *
 *   LD_PRELOAD=oom.so KLERO_OOM=FILE klerod …
 *
 * FILE is mapped, and both sides write to it: `struct control` below. From
 * `armed` on allocations are counted; the one with the number `fail_at`
 * fails, and with `forever` each one after it. With `growing` only those of
 * realloc() count: buffers of ours, whose owner says what becomes of them.
 *
 * Only a klerod is failed, not what starts it. Not counted are those inside
 * mysql_real_connect(): the client library itself does not survive them. Nor
 * does glibc 2.36 those inside getservbyname(), which mysql_library_init()
 * calls: its NSS goes through a null pointer. Nor does libmagic 5.44 those
 * inside magic_load(), once at the start, and magic_buffer(): it frees what it
 * has not set, and what vasprintf() has not.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* Eight bytes each, as a test writes them. */
struct control {
	_Atomic uint64_t armed, fail_at, forever;
	_Atomic uint64_t count, failed;
	_Atomic uint64_t growing;
};

typedef void *connects(void *, const char *, const char *, const char *,
    const char *, unsigned, const char *, unsigned long);
connects mysql_real_connect;
typedef struct servent *looks_up(const char *, const char *);
typedef int loads(void *, const char *);
loads magic_load;
typedef const char *judges(void *, const void *, size_t);
judges magic_buffer;

static struct control *control;
static connects *library_connect;
static looks_up *library_look_up;
static loads *library_load;
static judges *library_judge;
static _Thread_local int inside;

static void __attribute__((constructor)) begin(void)
{
	const char *path = getenv("KLERO_OOM");
	void *mapped = MAP_FAILED;
	int file;

	if (strcmp(program_invocation_short_name, "klerod") != 0)
		return;
	*(void **)&library_connect = dlsym(RTLD_NEXT, "mysql_real_connect");
	*(void **)&library_look_up = dlsym(RTLD_NEXT, "getservbyname");
	*(void **)&library_load = dlsym(RTLD_NEXT, "magic_load");
	*(void **)&library_judge = dlsym(RTLD_NEXT, "magic_buffer");
	file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (file >= 0)
		mapped = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE,
		    MAP_SHARED, file, 0);
	if (mapped == MAP_FAILED)
		_exit(127);
	close(file);
	control = mapped;
}

static bool fails(bool grows)
{
	uint64_t at, now;

	if (!control || inside > 0 || !atomic_load(&control->armed) ||
	    (!grows && atomic_load(&control->growing)))
		return false;
	at = atomic_load(&control->fail_at);
	now = atomic_fetch_add(&control->count, 1) + 1;
	if (now != at && !(now > at && atomic_load(&control->forever)))
		return false;
	atomic_fetch_add(&control->failed, 1);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(false) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(false) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return fails(true) ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(count, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(memory, whole);
}

void *memalign(size_t alignment, size_t size)
{
	return fails(false) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	*memory = memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}

void *mysql_real_connect(void *mysql, const char *host, const char *user,
    const char *password, const char *name, unsigned port, const char *socket,
    unsigned long flags)
{
	void *connected;

	inside++;
	connected = library_connect(
	    mysql, host, user, password, name, port, socket, flags);
	inside--;
	return connected;
}

struct servent *getservbyname(const char *name, const char *protocol)
{
	struct servent *found;

	inside++;
	found = library_look_up(name, protocol);
	inside--;
	return found;
}

int magic_load(void *magic, const char *files)
{
	int failed;

	inside++;
	failed = library_load(magic, files);
	inside--;
	return failed;
}

const char *magic_buffer(void *magic, const void *bytes, size_t size)
{
	const char *type;

	inside++;
	type = library_judge(magic, bytes, size);
	inside--;
	return type;
}
