/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many unfinished heads of messages there are, by ports: nearly always none, and then a packet
 * that begins no head is done with after a look here.
 */
#ifndef NA_WAITING_BPF_H
#define NA_WAITING_BPF_H

/* Of the slot of these ports; NULL never comes, but the verifier does not know. */
static __always_inline __u32 *na_waiting__of(__be16 source, __be16 destination)
{
	__u32 zero = 0, slot = (source ^ destination << 1) & (NA_WAITING_SLOTS - 1);
	struct na_waiting_counts *counts = bpf_map_lookup_elem(&na_waiting, &zero);

	return counts ? &counts->by_ports[slot] : NULL;
}

static __always_inline bool na_waiting__is(__be16 source, __be16 destination)
{
	const __u32 *waiting = na_waiting__of(source, destination);

	return waiting && *waiting;
}

static __always_inline void na_waiting__add(__be16 source, __be16 destination, int change)
{
	__u32 *waiting = na_waiting__of(source, destination);

	if (waiting)
		__sync_fetch_and_add(waiting, change);
}

#endif /* NA_WAITING_BPF_H */
