/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel keeps for each container, and the settings of filter and budgets. Probes and
 * agent share these through maps that the agent maps into its memory. Included by event.h; the C#
 * mirrors stand in src/NodeAgent.Bpf/Filtering.
 */
#ifndef NA_CONTAINER_H
#define NA_CONTAINER_H

#define NA_SEEN_WAYS   7
#define NA_SECRET_SIZE 48

/* One token bucket each. Exec has one of its own: a fork bomb cannot hide an exec. So have the
 * heads of messages: a busy web server's own requests cannot hide its connections. */
enum na_bucket_id {
	NA_BUCKET_NONE = 0, /* never cut */
	NA_BUCKET_EXEC = 1,
	NA_BUCKET_PROCESS = 2, /* the other kinds of NA_CLASS_PROCESS */
	NA_BUCKET_FILE = 3,
	NA_BUCKET_NETWORK = 4, /* the other kinds of NA_CLASS_NETWORK */
	NA_BUCKET_PRIVILEGE = 5,
	NA_BUCKET_PAYLOAD = 6,
	NA_BUCKET_LIMIT = 7,
};

/* Times are in ns since the kernel's tick began to count, but from_ns, which goes into a record. */
struct na_bucket {
	__u64 tokens; /* in 1/1024 of a unit, see na_budget__cost */
	__u64 refilled_ns;
	__u64 cut;     /* events, since the container's first; only grows */
	__u64 told;    /* those of them that a record, or the agent itself, told of */
	__u64 told_ns; /* when */
	__u64 from_ns; /* boot time of the first one that was not told yet */
};

struct na_container {
	__u64 cgroup_id;  /* 0 = free */
	__u64 unfiltered; /* bit per enum na_kind: told each time */
	__u32 epoch;	  /* counts clearings of its set */
	__u32 used;	  /* last event, in seconds of 2^30 ns */
	__u32 entries;	  /* of its set, about */
	__u32 padding;
	struct na_bucket buckets[NA_BUCKET_LIMIT];
};

struct na_filter_settings {
	__u64 filtered; /* bit per enum na_kind */
	__u32 epoch;	/* counts clearings of all sets */
	__u32 repeat;	/* seconds of 2^30 ns after which a known thing is told again; 0 = never */
	__u64 tick_ns;	/* of the kernel's timer */
	__u64 rates[NA_BUCKET_LIMIT];  /* units per 2^30 ns; 0 = unlimited */
	__u64 bursts[NA_BUCKET_LIMIT]; /* units */
	__u64 secret[NA_SECRET_SIZE];  /* random: nobody can choose two things that look alike */
};

/* One thing that was seen. */
struct na_seen_entry {
	__u32 told; /* when its event was made, in seconds of 2^30 ns */
	__u32 hits; /* since then */
};

/*
 * The things whose tags share their low bits. Two cache lines: a miss touches the first, a hit
 * both. recent: bit per way that was hit since the others were forgotten; in the next byte the way
 * to replace first. epochs: low byte of the epochs in which each way was filled.
 */
struct na_seen_set {
	__u64 recent;
	__u64 tags[NA_SEEN_WAYS]; /* 0 = empty */
	struct na_seen_entry entries[NA_SEEN_WAYS];
	__u8 epochs[8];
};

/* Answers of the filter: what was known, and what makes an event. */
struct na_seen_count {
	__u64 hits;
	__u64 misses;
};

NA_ASSERT_SIZE(na_bucket, 48);
NA_ASSERT_SIZE(na_container, 368);
NA_ASSERT_SIZE(na_filter_settings, 520);
NA_ASSERT_SIZE(na_seen_entry, 8);
NA_ASSERT_SIZE(na_seen_set, 128);
NA_ASSERT_SIZE(na_seen_count, 16);

#endif /* NA_CONTAINER_H */
