#include "caller_known.h"

#include "kl_leaf.h"

#include <pthread.h>
#include <string.h>

/* A key may be in one of WAYS places of its set; untouched ones cost nothing.
 */
enum { SETS = 16384, WAYS = 4, ID_SIZE_MAX = KL_TOKEN_SIZE_MAX + 1 };

struct place {
	struct kl_hash hash;
	char account[ID_SIZE_MAX], organisation[ID_SIZE_MAX];
	enum role role; /* ROLE_ANYONE: nobody is here */
	unsigned scopes;
	uint64_t seq;
};

static struct {
	pthread_mutex_t lock;
	struct place places[SETS][WAYS];
	uint8_t next[SETS]; /* whose turn it is to be pushed out */
} known = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* A hash is as good as random. */
static size_t set_of(const struct kl_hash *hash)
{
	return (hash->bytes[0] | (size_t)hash->bytes[1] << 8) % SETS;
}

static struct place *find(const struct kl_hash *hash)
{
	struct place *set = known.places[set_of(hash)];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].role != ROLE_ANYONE &&
		    kl_hash_equal(&set[i].hash, hash))
			return &set[i];
	return NULL;
}

bool caller_known(struct request *request, const struct kl_hash *hash)
{
	struct caller *caller = &request->caller;
	const struct place *place;

	pthread_mutex_lock(&known.lock);
	place = find(hash);
	if (place)
		*caller = (struct caller){
			.account = arena_copy(&request->arena, place->account),
			.organisation =
			    arena_copy(&request->arena, place->organisation),
			.role = place->role,
			.seq = place->seq,
			.scopes = place->scopes,
		};
	pthread_mutex_unlock(&known.lock);
	return place != NULL;
}

static struct place *place_for(const struct kl_hash *hash)
{
	struct place *place = find(hash);
	size_t set = set_of(hash);

	for (size_t i = 0; !place && i < WAYS; i++)
		if (known.places[set][i].role == ROLE_ANYONE)
			place = &known.places[set][i];
	if (!place)
		place = &known.places[set][known.next[set]++ % WAYS];
	return place;
}

void caller_know(const struct kl_hash *hash, const struct caller *caller)
{
	size_t account = strlen(caller->account) + 1;
	size_t organisation = strlen(caller->organisation) + 1;
	struct place *place;

	if (account > ID_SIZE_MAX || organisation > ID_SIZE_MAX)
		return; /* never: both are tokens */
	pthread_mutex_lock(&known.lock);
	place = place_for(hash);
	place->hash = *hash;
	memcpy(place->account, caller->account, account);
	memcpy(place->organisation, caller->organisation, organisation);
	place->role = caller->role;
	place->seq = caller->seq;
	place->scopes = caller->scopes;
	pthread_mutex_unlock(&known.lock);
}

void caller_forget(const struct kl_hash *hash)
{
	struct place *place;

	pthread_mutex_lock(&known.lock);
	place = find(hash);
	if (place)
		place->role = ROLE_ANYONE;
	pthread_mutex_unlock(&known.lock);
}
