/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps and settings that all objects share. Each object carries the same definitions, the loader
 * makes one instance of each map and gives it to all of them by name.
 */
#ifndef NA_MAPS_H
#define NA_MAPS_H

#define NA_RING_BYTES	     (4 << 20) /* a default: the loader sets the sizes */
#define NA_SHARD_LIMIT	     64	       /* a default as well; index = CPU & na_shard_mask */
#define NA_UNTOLD_LIMIT	     65536
#define NA_LOST_CGROUP_LIMIT 4096
#define NA_ENTRANT_LIMIT     1024
#define NA_WAITING_SLOTS     4096

/* Set by the loader before load. */
const volatile __u32 na_shard_mask = 0;

#define NA_NS_PER_TICK 10000000 /* USER_HZ is 100 on every architecture */

/*
 * Who the agent is: its own file and network events are not reported. No constant, since pinned
 * programs outlive the agent that loaded them and serve the next one. The start time keeps a
 * process that was given the pid of a dead agent from being hidden.
 */
struct na_agent_identity {
	__u64 start_ticks; /* since boot, as in /proc/PID/stat */
	__u32 tgid;	   /* 0 = nobody */
	__u32 padding;
};

volatile struct na_agent_identity na_agent SEC(".data.agent");

struct na_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, NA_RING_BYTES);
};

/* Process and cgroup records have a ring of their own: a flood of opens cannot hide an exec. */
struct na_ring na_ring_process SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, NA_SHARD_LIMIT);
	__type(key, __u32);
	__array(values, struct na_ring);
} na_rings SEC(".maps");

/* Both indexed by enum na_kind. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_KIND_LIMIT);
	__type(key, __u32);
	__type(value, __u64);
} na_sent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_KIND_LIMIT);
	__type(key, __u32);
	__type(value, __u64);
} na_lost SEC(".maps");

/* Sums over all CPUs. LRU: a machine with more losing cgroups than entries forgets the oldest ones.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_LOST_CGROUP_LIMIT);
	__type(key, struct na_lost_key);
	__type(value, __u64);
} na_lost_by_cgroup SEC(".maps");

/* The reader sets armed right before it blocks; the probe that wakes it clears it. */
struct na_wakeup_state {
	__u32 armed;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_wakeup_state);
} na_wakeup SEC(".maps");

/*
 * Containers stand at a place that their cgroup's id gives, or soon after it; the one past the last
 * is shared by those that found none. Each has its own range of sets, so no container can push out
 * what another one did.
 */
#define NA_CONTAINER_LIMIT 64  /* a default, as the next one: the loader sets powers of two */
#define NA_SEEN_SETS	   512 /* of one container */

const volatile __u32 na_container_mask = NA_CONTAINER_LIMIT - 1;
const volatile __u32 na_seen_set_mask = NA_SEEN_SETS - 1;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NA_CONTAINER_LIMIT + 1);
	__type(key, __u32);
	__type(value, struct na_container);
} na_containers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, (NA_CONTAINER_LIMIT + 1) * NA_SEEN_SETS);
	__type(key, __u32);
	__type(value, struct na_seen_set);
} na_seen_sets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_filter_settings);
} na_filter_settings SEC(".maps");

/*
 * Files whose every opening for writing is told, though the filter knows it: the agent looks after
 * their contents, and wants to know who wrote this time. Filled by the agent.
 */
struct na_watched_file {
	__u64 inode;
	__u32 device;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* a default: the loader sets it */
	__type(key, struct na_watched_file);
	__type(value, __u32);
} na_watched_files SEC(".maps");

/* What the filter answered, indexed by enum na_kind. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_KIND_LIMIT);
	__type(key, __u32);
	__type(value, struct na_seen_count);
} na_seen_counts SEC(".maps");

/* Events that budgets cut, of all containers, indexed by enum na_bucket_id. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_BUCKET_LIMIT);
	__type(key, __u32);
	__type(value, __u64);
} na_cut SEC(".maps");

/*
 * Processes whose fork was cut: their exit is of no use to anybody, so it is cut as well, unless
 * they execute something, which tells of them. LRU: one that is forgotten is told to have ended
 * without having been told to have begun, which readers bear.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_UNTOLD_LIMIT);
	__type(key, __u32);
	__type(value, __u64);
} na_untold SEC(".maps");

/* Processes that came into their cgroup from outside, by pid: entrant.bpf.h. */
struct na_entrant {
	__u64 start_time_ns; /* with the pid the identity of the process */
	__u64 until_ns;
	__u64 exe_inode; /* of what it executed before it came in */
	__s64 exe_size;
	__u32 exe_device;
	__u32 padding;
};

/* LRU: one that is pushed out is taken for a part of its container, as it would be without this. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_ENTRANT_LIMIT);
	__type(key, __u32);
	__type(value, struct na_entrant);
} na_entrants SEC(".maps");

/* Heads of messages whose rest has not come: waiting.bpf.h. */
struct na_waiting_counts {
	__u32 by_ports[NA_WAITING_SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_waiting_counts);
} na_waiting SEC(".maps");

static __always_inline bool na_agent__is(__u32 tgid, __u64 start_time_ns)
{
	return tgid == na_agent.tgid && start_time_ns / NA_NS_PER_TICK == na_agent.start_ticks;
}

#endif /* NA_MAPS_H */
