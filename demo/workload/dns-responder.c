// SPDX-License-Identifier: Apache-2.0
// A DNS server for one name: dns-responder ADDRESS NAME answers A queries for NAME with ADDRESS, on
// ADDRESS port 53. Everything else about the name is an empty answer, every other name does not
// exist. Source: RFC 1035.
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum {
	HEADER_SIZE = 12,
	QUESTION_TAIL_SIZE = 4, // type and class
	ANSWER_SIZE = 16,	// name pointer, type, class, ttl, length, IPv4 address
	MESSAGE_MAX = 512,
	TYPE_A = 1,
	CODE_NO_NAME = 3,
};

// Reads the question's name as dotted text. Returns the bytes it took, 0 when the message is not
// well-formed.
static size_t read_name(const uint8_t *message, size_t size, char *name, size_t name_size)
{
	size_t at = HEADER_SIZE, out = 0;

	while (at < size && message[at] != 0) {
		size_t length = message[at++];

		if (length > 63 || at + length > size || out + length + 2 > name_size)
			return 0;
		if (out > 0)
			name[out++] = '.';
		memcpy(name + out, message + at, length);
		out += length;
		at += length;
	}
	if (at >= size)
		return 0;
	name[out] = '\0';
	return at + 1 - HEADER_SIZE;
}

// Turns the query into its answer, in place. Returns the answer's size, 0 for a message that
// deserves none.
static size_t answer(uint8_t *message, size_t size, const char *known, struct in_addr address)
{
	char name[256];
	size_t name_size, end;
	uint16_t type;

	if (size < HEADER_SIZE || message[2] & 0x80 || message[4] != 0 || message[5] != 1)
		return 0;
	name_size = read_name(message, size, name, sizeof(name));
	end = HEADER_SIZE + name_size + QUESTION_TAIL_SIZE;
	if (name_size == 0 || end > size || end + ANSWER_SIZE > MESSAGE_MAX)
		return 0;
	type = (uint16_t)(message[end - 4] << 8 | message[end - 3]);

	message[2] =
		0x84 | (message[2] & 0x01); // an authoritative answer; recursion desired is copied
	message[3] = strcasecmp(name, known) ? CODE_NO_NAME : 0;
	memset(message + 6, 0, 6); // no answers, authorities, additionals
	if (message[3] != 0 || type != TYPE_A)
		return end;
	message[7] = 1;
	memcpy(message + end, "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04", 12);
	memcpy(message + end + 12, &address, 4);
	return end + ANSWER_SIZE;
}

int main(int argc, char **argv)
{
	struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = htons(53)};
	uint8_t message[MESSAGE_MAX];
	int socket_fd;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &self.sin_addr) != 1) {
		fputs("usage: dns-responder ADDRESS NAME\n", stderr);
		return 2;
	}
	socket_fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (socket_fd < 0 || bind(socket_fd, (struct sockaddr *)&self, sizeof(self)) < 0) {
		perror("dns-responder");
		return 1;
	}
	for (;;) {
		struct sockaddr_in peer;
		socklen_t peer_size = sizeof(peer);
		ssize_t size = recvfrom(socket_fd, message, sizeof(message), 0,
					(struct sockaddr *)&peer, &peer_size);
		size_t reply;

		if (size < 0)
			continue;
		reply = answer(message, (size_t)size, argv[2], self.sin_addr);
		if (reply > 0)
			sendto(socket_fd, message, reply, 0, (struct sockaddr *)&peer, peer_size);
	}
}
