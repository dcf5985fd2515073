/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sending records: ring choice, loss counting, waking the reader. */
#ifndef NA_BUFFER_BPF_H
#define NA_BUFFER_BPF_H

#define NA_FILL_CHECK_MASK 63 /* how often a producer looks at the fill level: each 64th record */

static __always_inline void na_loss__count(__u32 kind, __u64 cgroup_id)
{
	struct na_lost_key key = {.cgroup_id = cgroup_id, .kind = kind};
	__u64 one = 1;
	__u64 *count = bpf_map_lookup_elem(&na_lost, &kind);

	if (count)
		*count += 1;
	count = bpf_map_lookup_elem(&na_lost_by_cgroup, &key);
	if (!count) {
		if (!bpf_map_update_elem(&na_lost_by_cgroup, &key, &one, BPF_NOEXIST))
			return;
		/* Another CPU was first. */
		count = bpf_map_lookup_elem(&na_lost_by_cgroup, &key);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
}

/*
 * An empty, discarded record is what carries the wake-up: readers skip it. It comes after the
 * record was committed, and committing is a full barrier. So either this CPU sees armed, or the
 * reader, which looks at the rings between arming and blocking, sees the record; a flag chosen
 * before the commit would leave a window in which neither does.
 */
static __always_inline bool na_ring__wake(void *ring)
{
	void *nothing = bpf_ringbuf_reserve(ring, 8, 0);

	if (!nothing)
		return false;
	bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
	return true;
}

static __always_inline void na_ring__sent(void *ring, __u32 kind)
{
	__u32 zero = 0;
	struct na_wakeup_state *wakeup = bpf_map_lookup_elem(&na_wakeup, &zero);
	__u64 *sent = bpf_map_lookup_elem(&na_sent, &kind);

	if (!wakeup || !sent)
		return;
	*sent += 1;
	if (*(volatile __u32 *)&wakeup->armed) {
		*(volatile __u32 *)&wakeup->armed = 0;
		if (!na_ring__wake(ring))
			*(volatile __u32 *)&wakeup->armed = 1;
	} else if ((*sent & NA_FILL_CHECK_MASK) == 0 &&
		   bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) * 2 >
			   bpf_ringbuf_query(ring, BPF_RB_RING_SIZE)) {
		/* A reader that sleeps without arming, to gather a batch. */
		na_ring__wake(ring);
	}
}

/* False: the ring was full, and that was counted. No slot is held: the record is copied at once. */
static __always_inline bool na_ring__put(void *ring, void *record, __u64 size,
					 const struct na_header *header)
{
	if (bpf_ringbuf_output(ring, record, size, BPF_RB_NO_WAKEUP)) {
		na_loss__count(header->kind, header->cgroup_id);
		return false;
	}
	na_ring__sent(ring, header->kind);
	return true;
}

#include "container.bpf.h"
#include "budget.bpf.h"
#include "seen.bpf.h"

enum na_output {
	NA_OUTPUT_SENT,
	NA_OUTPUT_LOST,
	NA_OUTPUT_CUT, /* the container is over its budget */
};

/* size is fixed struct + tail. */
static __always_inline enum na_output na_ring__output(void *ring, void *record, __u64 size,
						      const struct na_header *header)
{
	if (!na_budget__admit(header, size))
		return NA_OUTPUT_CUT;
	return na_ring__put(ring, record, size, header) ? NA_OUTPUT_SENT : NA_OUTPUT_LOST;
}

/* To the ring of this CPU. */
static __always_inline enum na_output na_shard__output(void *record, __u64 size,
						       const struct na_header *header)
{
	__u32 shard = bpf_get_smp_processor_id() & na_shard_mask;
	void *ring = bpf_map_lookup_elem(&na_rings, &shard);

	if (ring)
		return na_ring__output(ring, record, size, header);
	na_loss__count(header->kind, header->cgroup_id);
	return NA_OUTPUT_LOST;
}

/* Of a thing that the filter did not know: from now on it does, if the record is in the ring. */
static __always_inline void na_shard__output_seen(void *record, __u64 size,
						  const struct na_header *header,
						  const struct na_seen *seen)
{
	if (na_shard__output(record, size, header) == NA_OUTPUT_SENT && seen->set != NA_SEEN_NONE)
		na_seen__note(seen);
}

#endif /* NA_BUFFER_BPF_H */
