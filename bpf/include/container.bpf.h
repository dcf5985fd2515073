/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finding what is kept for a container. */
#ifndef NA_CONTAINER_BPF_H
#define NA_CONTAINER_BPF_H

#define NA_CONTAINER_PROBES 8 /* places looked at; the table is meant to be half empty */
#define NA_CONTAINER_IDLE                                                                          \
	280U /* seconds of 2^30 ns (5 min) after which a place may be taken over */
#define NA_SECOND_SHIFT 30

static __always_inline struct na_filter_settings *na_filter_settings__get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&na_filter_settings, &zero);
}

/* A clock of the resolution of the timer tick, which costs one load. Since 5.6. */
static __always_inline __u64 na_clock__ticks_ns(const struct na_filter_settings *settings)
{
	return bpf_jiffies64() * settings->tick_ns;
}

static __always_inline __u32 na_container__place(__u64 cgroup_id)
{
	return cgroup_id * 0x9e3779b97f4a7c15ULL >> 32;
}

/*
 * Without a lock: two containers that take one place at a time both work with it until one looks
 * for itself again and finds the other. That mixes nothing up, since a tag holds the cgroup too.
 */
static __always_inline void na_container__reset(struct na_container *container, __u64 cgroup_id)
{
	container->cgroup_id = 0;
	container->epoch += 1;
	container->entries = 0;
	container->unfiltered = 0;
	__builtin_memset(container->buckets, 0, sizeof(container->buckets));
	container->cgroup_id = cgroup_id;
}

/* A place for a container that has none: a free one, the longest idle one, or else the shared one.
 * Global, so that the verifier walks it once and not from each place that asks. */
__noinline __u32 na_container__take(__u64 cgroup_id, __u32 first, __u32 now)
{
	__u32 best = na_container_mask + 1;
	__u32 most = NA_CONTAINER_IDLE;
	struct na_container *container;
	__u32 i;

	for (i = 0; i < NA_CONTAINER_PROBES; i++) {
		__u32 index = (first + i) & na_container_mask;
		__u32 idle;

		container = bpf_map_lookup_elem(&na_containers, &index);
		if (!container)
			continue;
		if (!container->cgroup_id) {
			best = index;
			break;
		}
		/* Another CPU's tick may be ahead of ours: then it is far from idle. */
		idle = now - container->used;
		if (idle > most && idle < 1U << 31 && !container->unfiltered) {
			most = idle;
			best = index;
		}
	}
	container = bpf_map_lookup_elem(&na_containers, &best);
	if (container && best <= na_container_mask)
		na_container__reset(container, cgroup_id);
	return best;
}

/* index: its place. NULL never happens; the verifier does not know that. */
static __always_inline struct na_container *na_container__of(__u64 cgroup_id, __u64 now_ns,
							     __u32 *index)
{
	__u32 first = na_container__place(cgroup_id);
	__u32 now = now_ns >> NA_SECOND_SHIFT;
	struct na_container *container = NULL;
	__u32 at = na_container_mask + 1;
	int i;

	for (i = 0; i < NA_CONTAINER_PROBES && cgroup_id; i++) {
		at = (first + i) & na_container_mask;
		container = bpf_map_lookup_elem(&na_containers, &at);
		if (!container)
			return NULL;
		if (container->cgroup_id == cgroup_id)
			break;
		container = NULL;
	}
	if (!container) {
		at = cgroup_id ? na_container__take(cgroup_id, first, now) : na_container_mask + 1;
		container = bpf_map_lookup_elem(&na_containers, &at);
		if (!container)
			return NULL;
	}
	if (container->used != now)
		container->used = now;
	*index = at;
	return container;
}

#endif /* NA_CONTAINER_BPF_H */
