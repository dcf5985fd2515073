/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What makes two flows, connections or accepted connections the same, for the already-seen filter.
 */
#ifndef NA_SEEN_PEER_BPF_H
#define NA_SEEN_PEER_BPF_H

/* The executable and the name of who uses the socket, as its records say. */
static __always_inline void na_seen_key__fill_owner(struct na_seen_key *key,
						    const struct na_socket_owner *owner)
{
	key->words[NA_SEEN_EXE_INODE] = owner->exe_inode;
	key->words[NA_SEEN_EXE_DEVICE] = owner->exe_device | (__u64)owner->uid << 32;
	key->words[NA_SEEN_EXE_INCARNATION] = owner->exe_incarnation;
	key->words[NA_SEEN_COMM] = *(const __u64 *)&owner->comm[0];
	key->words[NA_SEEN_COMM + 1] = *(const __u64 *)&owner->comm[8];
}

/*
 * Of a record with a peer, the two words that say what is talked, and through which port: the one
 * that is called, since the other one is new for each socket.
 */
#define NA_SEEN_PEER_KIND(record, protocol)                                                        \
	((record)->header.kind | (__u64)(record)->family << 16 | (__u64)(protocol) << 32)
#define NA_SEEN_PEER_PORT(record)                                                                  \
	(((record)->direction == NA_DIRECTION_OUTBOUND ? (record)->remote_port                     \
						       : (record)->local_port) |                   \
	 (__u64)(record)->direction << 16 | (__u64)(record)->net_ns << 32)

/*
 * True: this program talked with this peer this way before, and that was told. addresses: this
 * side's and the peer's, 16 bytes each, aligned to 8, as they stand in a record. Of what comes in,
 * the address that was called counts too. Who it was must be known: a socket without an owner is
 * told each time. A function of its own, for its stack.
 */
static __noinline bool na_seen__peer(struct na_seen *seen, const struct na_socket_owner *owner,
				     const __u64 *addresses, __u64 kind, __u64 port)
{
	struct na_filter_settings *settings = na_seen__begin(seen, kind & 0xffff);
	struct na_seen_key key = {};

	if (!settings || !owner || !owner->pid)
		return false;
	na_seen_key__fill_owner(&key, owner);
	key.words[NA_SEEN_KIND] = kind & ~0xffffULL;
	if ((port >> 16 & 0xffff) != NA_DIRECTION_OUTBOUND) {
		key.words[NA_SEEN_OBJECT] = addresses[0];
		key.words[NA_SEEN_OBJECT + 1] = addresses[1];
	}
	key.words[NA_SEEN_OBJECT + 2] = addresses[2];
	key.words[NA_SEEN_OBJECT + 3] = addresses[3];
	key.words[NA_SEEN_OBJECT + 4] = port;
	return na_seen__is_known(seen, &key, settings, owner->cgroup_id, kind & 0xffff, true);
}

_Static_assert(__builtin_offsetof(struct na_tcp, remote_address) ==
			       __builtin_offsetof(struct na_tcp, local_address) + 16 &&
		       __builtin_offsetof(struct na_flow, remote_address) ==
			       __builtin_offsetof(struct na_flow, local_address) + 16,
	       "the filter takes both addresses by one pointer");

#endif /* NA_SEEN_PEER_BPF_H */
