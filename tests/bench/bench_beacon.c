/* bench_beacon.c -- one round of quicknet verified, over and over. */
#include "kl_beacon.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* bench_beacon ROUND SIGNATURE TIMES: milliseconds of CPU for each, as JSON. */
int main(int count, char **args)
{
	struct kl_drand_signature signature;
	int64_t round;
	clock_t from;
	int times;

	if (count != 4 || kl_unhex(args[2], strlen(args[2]), signature.bytes,
			      sizeof(signature.bytes)))
		return 1;
	round = atoll(args[1]);
	times = atoi(args[3]);
	from = clock();
	for (int i = 0; i < times; i++)
		if (kl_chain_verify(&kl_quicknet, round, &signature))
			return 1;
	printf("{\"verify_ms\": %.3f}\n",
	    (double)(clock() - from) * 1000 / CLOCKS_PER_SEC / times);
	return 0;
}
