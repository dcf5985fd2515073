/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What one container may put into the rings: a token bucket for each class. A container beyond it
 * is cut, the count of what was cut is told once a second, and nobody else notices. Included by
 * buffer.bpf.h, behind na_ring__put().
 *
 * Counts are exact. Tokens are not: two CPUs that look at one bucket at a time may both be let
 * through, which a bucket bears and a lock on every event would not be worth.
 */
#ifndef NA_BUDGET_BPF_H
#define NA_BUDGET_BPF_H

#define NA_BUDGET_UNIT_SHIFT                                                                       \
	8 /* bytes of a unit: each record costs one, and one for each 256 bytes */
#define NA_BUDGET_ONE_SHIFT 10 /* tokens of a unit */
#define NA_BUDGET_TELL_NS   (1ULL << 30)
#define NA_BUDGET_REFILL_NS                                                                        \
	(1ULL << 32) /* longest idle time that counts: keeps the product in 64 bits */

/* A power of two: the kind is masked and not compared, since 6.1 forgets what a comparison told of
 * a spilled value. */
#define NA_BUDGET_KINDS 32
_Static_assert(NA_KIND_LIMIT <= NA_BUDGET_KINDS, "na_budget_of has too few places");

/* The bucket of each kind. */
static const __u8 na_budget_of[NA_BUDGET_KINDS] = {
	[NA_KIND_EXEC] = NA_BUCKET_EXEC,
	[NA_KIND_FORK] = NA_BUCKET_PROCESS,
	[NA_KIND_EXEC_FAILED] = NA_BUCKET_PROCESS,
	[NA_KIND_CREDENTIALS] = NA_BUCKET_PROCESS,
	[NA_KIND_NAMESPACE] = NA_BUCKET_PROCESS,
	[NA_KIND_SIGNAL] = NA_BUCKET_PROCESS,
	[NA_KIND_OPEN] = NA_BUCKET_FILE,
	[NA_KIND_FILE_CHANGE] = NA_BUCKET_FILE,
	[NA_KIND_TCP_CONNECT] = NA_BUCKET_NETWORK,
	[NA_KIND_TCP_ACCEPT] = NA_BUCKET_NETWORK,
	[NA_KIND_TCP_CLOSE] = NA_BUCKET_NETWORK,
	[NA_KIND_FLOW] = NA_BUCKET_NETWORK,
	[NA_KIND_DNS] = NA_BUCKET_NETWORK,
	[NA_KIND_SOCKET] = NA_BUCKET_NETWORK,
	[NA_KIND_UNIX_CONNECT] = NA_BUCKET_NETWORK,
	[NA_KIND_PAYLOAD] = NA_BUCKET_PAYLOAD,
	[NA_KIND_CAPABILITY] = NA_BUCKET_PRIVILEGE,
	[NA_KIND_PRIVILEGE] = NA_BUCKET_PRIVILEGE,
	[NA_KIND_SYSCALL] = NA_BUCKET_PRIVILEGE,
	/* Never cut: what containers there are, what was cut, and exits, of which each process has
	 * one that its fork paid for. */
};

static const __u8 na_budget_class[NA_BUCKET_LIMIT] = {
	[NA_BUCKET_EXEC] = NA_CLASS_PROCESS,	    [NA_BUCKET_PROCESS] = NA_CLASS_PROCESS,
	[NA_BUCKET_FILE] = NA_CLASS_FILE,	    [NA_BUCKET_NETWORK] = NA_CLASS_NETWORK,
	[NA_BUCKET_PRIVILEGE] = NA_CLASS_PRIVILEGE, [NA_BUCKET_PAYLOAD] = NA_CLASS_NETWORK,
};

static __always_inline __u64 na_budget__cost(__u32 kind, __u64 size)
{
	__u64 units = 1 + (size >> NA_BUDGET_UNIT_SHIFT);

	if (kind == NA_KIND_FORK)
		units += 1;
	return units << NA_BUDGET_ONE_SHIFT;
}

/*
 * Tells what was cut so far. told_ns first: it keeps other CPUs from telling the same. When the
 * ring is full the count stays, for the next one, or for the agent, which looks here too.
 */
static __noinline int na_budget__tell(struct na_bucket *bucket, __u64 cgroup_id, __u32 id,
				      __u64 now_ns)
{
	struct na_suppressed record = {};

	if (!bucket)
		return 0;
	bucket->told_ns = now_ns;
	record.header.time_ns = bpf_ktime_get_boot_ns();
	record.header.cgroup_id = cgroup_id;
	record.header.kind = NA_KIND_SUPPRESSED;
	record.count = bucket->cut - bucket->told;
	record.from_ns = bucket->from_ns;
	record.event_class = id < NA_BUCKET_LIMIT ? na_budget_class[id] : NA_CLASS_NONE;
	/* Not above 0 when two CPUs told the same at once: what is cut next makes up for it. */
	if ((__s64)record.count <= 0 ||
	    !na_ring__put(&na_ring_process, &record, sizeof(record), &record.header))
		return 0;
	bucket->from_ns = record.header.time_ns;
	__sync_fetch_and_add(&bucket->told, record.count);
	return 0;
}

static __always_inline void na_budget__cut(struct na_bucket *bucket, __u64 cgroup_id, __u32 id,
					   __u64 now_ns)
{
	__u64 *total = bpf_map_lookup_elem(&na_cut, &id);

	if (total)
		*total += 1;
	if (bucket->cut == bucket->told)
		bucket->from_ns = bpf_ktime_get_boot_ns();
	__sync_fetch_and_add(&bucket->cut, 1);
	if (now_ns - bucket->told_ns >= NA_BUDGET_TELL_NS)
		na_budget__tell(bucket, cgroup_id, id, now_ns);
}

static __always_inline void na_budget__refill(struct na_bucket *bucket, __u64 rate, __u64 burst,
					      __u64 now_ns)
{
	__u64 most = burst << NA_BUDGET_ONE_SHIFT;
	__u64 elapsed = now_ns - bucket->refilled_ns;
	__u64 tokens = bucket->tokens;

	/* Also true when another CPU's tick was ahead of ours, by wrapping around. */
	if (!elapsed || elapsed >> 63)
		return;
	if (elapsed > NA_BUDGET_REFILL_NS)
		elapsed = NA_BUDGET_REFILL_NS;
	tokens += elapsed * rate >> (NA_SECOND_SHIFT - NA_BUDGET_ONE_SHIFT);
	bucket->refilled_ns = now_ns;
	bucket->tokens = tokens < most ? tokens : most;
}

/* False: over budget, and counted. */
static __always_inline bool na_budget__admit(const struct na_header *header, __u64 size)
{
	struct na_filter_settings *settings = na_filter_settings__get();
	struct na_container *container;
	struct na_bucket *bucket;
	__u32 kind = header->kind;
	__u64 cost, now_ns, rate, burst;
	__u32 id, index = 0;

	if (!settings)
		return true;
	id = na_budget_of[kind & (NA_BUDGET_KINDS - 1)];
	NA_HIDE(id);
	if (id == NA_BUCKET_NONE || id >= NA_BUCKET_LIMIT)
		return true;
	rate = settings->rates[id];
	burst = settings->bursts[id];
	if (!rate)
		return true;
	now_ns = na_clock__ticks_ns(settings);
	container = na_container__of(header->cgroup_id, now_ns, &index);
	/* Asked again: 6.1 has forgotten the bounds by now. */
	NA_HIDE(id);
	if (!container || id >= NA_BUCKET_LIMIT)
		return true;
	bucket = &container->buckets[id];
	na_budget__refill(bucket, rate, burst, now_ns);
	cost = na_budget__cost(kind, size);
	if (bucket->tokens < cost) {
		na_budget__cut(bucket, container->cgroup_id, id, now_ns);
		return false;
	}
	bucket->tokens -= cost;
	if (bucket->cut != bucket->told && now_ns - bucket->told_ns >= NA_BUDGET_TELL_NS)
		na_budget__tell(bucket, container->cgroup_id, id, now_ns);
	return true;
}

/* Cut without a look at the tokens, as the other half of something that was cut. */
static __always_inline void na_budget__count_cut(__u64 cgroup_id, __u32 id)
{
	struct na_filter_settings *settings = na_filter_settings__get();
	struct na_container *container;
	__u32 index = 0;
	__u64 now_ns;

	if (!settings)
		return;
	now_ns = na_clock__ticks_ns(settings);
	container = na_container__of(cgroup_id, now_ns, &index);
	if (container)
		na_budget__cut(&container->buckets[id], container->cgroup_id, id, now_ns);
}

/* The container ends: what was cut of it and not told is told now. */
static __always_inline void na_container__release(__u64 cgroup_id)
{
	struct na_filter_settings *settings = na_filter_settings__get();
	__u32 first = na_container__place(cgroup_id);
	__u64 now_ns = settings ? na_clock__ticks_ns(settings) : 0;
	__u32 i, id;

	for (i = 0; i < NA_CONTAINER_PROBES; i++) {
		__u32 index = (first + i) & na_container_mask;
		struct na_container *container = bpf_map_lookup_elem(&na_containers, &index);

		if (!container || container->cgroup_id != cgroup_id)
			continue;
		for (id = 0; id < NA_BUCKET_LIMIT; id++) {
			struct na_bucket *bucket = &container->buckets[id];

			if (bucket->cut != bucket->told)
				na_budget__tell(bucket, cgroup_id, id, now_ns);
		}
		na_container__reset(container, 0);
		return;
	}
}

static __always_inline void na_untold__add(__u32 pid, __u64 start_time_ns)
{
	bpf_map_update_elem(&na_untold, &pid, &start_time_ns, BPF_ANY);
}

/* True when it was there. */
static __always_inline bool na_untold__remove(__u32 pid, __u64 start_time_ns)
{
	__u64 *found = bpf_map_lookup_elem(&na_untold, &pid);
	bool same = found && *found == start_time_ns;

	if (same)
		bpf_map_delete_elem(&na_untold, &pid);
	return same;
}

#endif /* NA_BUDGET_BPF_H */
