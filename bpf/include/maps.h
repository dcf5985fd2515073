/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps and settings that all objects share. Each object carries the same definitions, the loader
 * makes one instance of each map and gives it to all of them by name.
 */
#ifndef NA_MAPS_H
#define NA_MAPS_H

#define NA_RING_BYTES	     (4 << 20) /* a default: the loader sets the sizes */
#define NA_SHARD_LIMIT	     64	       /* a default as well; index = CPU & na_shard_mask */
#define NA_LOST_CGROUP_LIMIT 4096

/* Set by the loader before load. */
const volatile __u32 na_shard_mask = 0;

#define NA_NS_PER_TICK 10000000 /* USER_HZ is 100 on every architecture */

/*
 * Who the agent is: its own file and network events are not reported. No constant, since pinned
 * programs outlive the agent that loaded them and serve the next one. The start time keeps a process
 * that was given the pid of a dead agent from being hidden.
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

static __always_inline bool na_agent__is(__u32 tgid, __u64 start_time_ns)
{
	return tgid == na_agent.tgid && start_time_ns / NA_NS_PER_TICK == na_agent.start_ticks;
}

#endif /* NA_MAPS_H */
