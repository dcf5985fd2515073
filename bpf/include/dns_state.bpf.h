/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where DNS messages are put together, and what is kept of a connection that carries them. */
#ifndef NA_DNS_STATE_BPF_H
#define NA_DNS_STATE_BPF_H

/* These programs can be preempted: so many packets can one CPU have in work. */
#define NA_DNS_SLOTS 4

/* Over TCP, the length that stands before each message (RFC 1035 4.2.2). */
#define NA_DNS_PREFIX 2
#define NA_DNS_WHOLE  (NA_DNS_PREFIX + NA_DNS_MAX)

/* Messages that are waiting for their rest, on the whole machine. */
#define NA_DNS_PARTIAL_LIMIT 128

/* Prefixes and messages taken out of one segment. */
#define NA_DNS_STEPS 32

/* Over TCP, message begins with the prefix. The verifier bounds offset and length apart, hence the
 * room. */
struct na_dns_slot {
	__u32 busy;
	__u32 have; /* of message */
	__u64 socket_cookie;
	struct na_dns dns;
	char message[2 * NA_DNS_WHOLE + 4];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_DNS_SLOTS);
	__type(key, __u32);
	__type(value, struct na_dns_slot);
} na_dns_slots SEC(".maps");

struct na_dns_key {
	__u64 socket_cookie;
	__u64 outbound;
};

/* LRU: bounded, whatever the peers leave unfinished. Forgetting one is counted when its rest comes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_DNS_PARTIAL_LIMIT);
	__type(key, struct na_dns_key);
	__type(value, struct na_dns_slot);
} na_dns_partials SEC(".maps");

enum na_dns_side_state {
	NA_DNS_SIDE_NEW,
	NA_DNS_SIDE_IN_STEP, /* next_sequence is where the next byte stands */
	NA_DNS_SIDE_LOST,    /* where messages begin is no longer known */
};

/* One direction of a connection. */
struct na_dns_side {
	__u32 next_sequence;
	__u32 skip; /* bytes left of a message longer than what is copied */
	__u32 state;
	__u32 has_partial;
};

struct na_dns_stream {
	struct na_dns_side sides[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct na_dns_stream);
} na_dns_streams SEC(".maps");

/* Where in the packet the next byte of a stream stands. */
struct na_dns_cursor {
	__u32 offset;
	__u32 left;
};

#endif /* NA_DNS_STATE_BPF_H */
