/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the heads of messages are put together, and what is kept of a connection that had one. */
#ifndef NA_PAYLOAD_STATE_BPF_H
#define NA_PAYLOAD_STATE_BPF_H

/* These programs can be preempted: so many packets can one CPU have in work. */
#define NA_MESSAGE_SLOTS 4

/* Heads that are waiting for their rest, on the whole machine, and the segments that one may come
 * in. */
#define NA_PARTIAL_LIMIT 256
#define NA_SEGMENT_LIMIT 32

/* The verifier bounds offset and length apart. */
#define NA_PAYLOAD_ROOM (2 * NA_PAYLOAD_MAX)

struct na_message {
	__u32 busy;
	__u32 length; /* of bytes */
	__u64 socket_cookie;
	struct na_payload payload;
	char bytes[NA_PAYLOAD_ROOM];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_MESSAGE_SLOTS);
	__type(key, __u32);
	__type(value, struct na_message);
} na_message_slots SEC(".maps");

struct na_partial_key {
	__u64 socket_cookie;
	__u64 outbound;
};

/* LRU: bounded, whatever the peers leave unfinished. Forgetting one is counted when its rest comes
 * or its connection ends. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_PARTIAL_LIMIT);
	__type(key, struct na_partial_key);
	__type(value, struct na_message);
} na_partials SEC(".maps");

/* One direction of a connection. */
struct na_stream_side {
	__u32 head_sequence; /* where the last head began: its retransmission is no second one */
	__u32 next_sequence; /* of an unfinished head: where it goes on */
	__u16 segments;	     /* of an unfinished head so far; 0 = none is unfinished */
	__u16 began;	     /* whether there was a head */
};

struct na_stream {
	struct na_stream_side sides[2];
};

/* Only connections that had a head have one. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct na_stream);
} na_streams SEC(".maps");

#endif /* NA_PAYLOAD_STATE_BPF_H */
