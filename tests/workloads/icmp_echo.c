/* SPDX-License-Identifier: Apache-2.0 */
/*
 * icmp_echo 4|6 raw|ping: sends three echo requests to loopback and reads the answers, which the
 * kernel gives. A raw socket gets the requests as well.
 */
#include "workload.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#define REQUESTS 3

static unsigned short checksum(const unsigned short *words, size_t count)
{
	unsigned sum = 0;

	while (count--)
		sum += *words++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

int main(int argc, char **argv)
{
	struct icmphdr request = {.type = ICMP_ECHO};
	struct address address;
	char answer[512];
	int family, type, fd, i;
	FILE *range;

	if (argc != 3)
		fail("usage: icmp_echo 4|6 raw|ping");
	family = atoi(argv[1]);
	type = strcmp(argv[2], "raw") == 0 ? SOCK_RAW : SOCK_DGRAM;
	enter_own_network();
	range = fopen("/proc/sys/net/ipv4/ping_group_range", "w");
	if (!range || fputs("0 0\n", range) < 0 || fclose(range))
		fail("ping_group_range");
	fact("pid", "%d", getpid());
	fd = must(socket(domain_of(family), type, family == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP),
		  "socket");
	address = loopback(family, 0);
	if (family == 6)
		request.type = ICMP6_ECHO_REQUEST;
	else
		request.checksum = checksum((unsigned short *)&request, sizeof(request) / 2);
	for (i = 0; i < REQUESTS; i++) {
		must(sendto(fd, &request, sizeof(request), 0, (struct sockaddr *)&address.storage,
			    address.length),
		     "sendto");
		must(recv(fd, answer, sizeof(answer), 0), "recv");
	}
	return 0;
}
