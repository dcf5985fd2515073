/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The already-seen filter. A thing that a container does is known by a tag: 64 bits of a keyed hash
 * of everything that a rule or a profile could judge differently. The tag of a thing that was told
 * stands in the container's own sets; when it is met again a count grows, and that is all.
 *
 * A thing becomes known only when its record is in a ring: what was lost is tried again. To forget
 * is always allowed and costs one more event; to take one thing for another is not. Hence the hash:
 * NH of UMAC (RFC 4418), twice with shifted keys. For two given things it collides with a chance of
 * 2^-64 over the random keys, whatever the things are, and nobody outside the kernel sees a tag.
 *
 *	struct na_seen seen;
 *
 *	if (na_seen__is_known(&seen, ...))
 *		return 0;
 *	... make the record ...
 *	na_shard__output_seen(record, size, &record->header, &seen);
 */
#ifndef NA_SEEN_BPF_H
#define NA_SEEN_BPF_H

#define NA_SEEN_WORDS 14 /* of a key */
#define NA_SEEN_NONE  (~0U)

/* The words of a key. What a kind does not use is 0. */
enum na_seen_word {
	NA_SEEN_CGROUP,
	NA_SEEN_EPOCHS, /* of the container and of all: clearing makes every tag another one */
	NA_SEEN_EXE_INODE,
	NA_SEEN_EXE_DEVICE, /* and in the upper half the real uid */
	NA_SEEN_EXE_INCARNATION,
	NA_SEEN_COMM, /* two words */
	NA_SEEN_KIND = NA_SEEN_COMM + 2,
	NA_SEEN_OBJECT, /* six words, up to each kind */
};

struct na_seen_key {
	__u64 words[NA_SEEN_WORDS];
};

/* What the filter found, carried from the question to the output of the record. */
struct na_seen {
	__u64 tag;
	__u64 repeats; /* of a thing that is told again */
	__u32 set;     /* NA_SEEN_NONE: not filtered */
	__u32 container;
	__u32 epoch;
	__u32 now;
};

static __always_inline __u64 na_seen__mix(__u64 sum, __u64 word, __u64 key)
{
	return sum + (__u64)(__u32)((__u32)word + (__u32)key) *
			     (__u32)((__u32)(word >> 32) + (__u32)(key >> 32));
}

/* Spreads 128 bits over 64; for each value of one half, one to one in the other. */
static __always_inline __u64 na_seen__fold(__u64 first, __u64 second)
{
	first ^= first >> 32;
	first *= 0xd6e8feb86659fd93ULL;
	first ^= first >> 32;
	first += second;
	first *= 0xd6e8feb86659fd93ULL;
	first ^= first >> 32;
	return first;
}

static __always_inline __u64 na_seen__hash(const struct na_seen_key *key,
					   const struct na_filter_settings *settings)
{
	__u64 first = 0, second = 0;
	int i;

#pragma clang loop unroll(full)
	for (i = 0; i < NA_SEEN_WORDS; i++) {
		first = na_seen__mix(first, key->words[i], settings->secret[i]);
		second = na_seen__mix(second, key->words[i], settings->secret[i + 1]);
	}
	first = na_seen__fold(first, second);
	return first ? first : 1;
}

/* The same in a loop: a third of the stack, for programs that have none to give. */
static __always_inline __u64 na_seen__hash_in_loop(const struct na_seen_key *key,
						   const struct na_filter_settings *settings)
{
	__u64 first = 0, second = 0;
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < NA_SEEN_WORDS; i++) {
		first = na_seen__mix(first, key->words[i], settings->secret[i]);
		second = na_seen__mix(second, key->words[i], settings->secret[i + 1]);
	}
	first = na_seen__fold(first, second);
	return first ? first : 1;
}

static __always_inline void na_seen__count(__u32 kind, bool hit)
{
	struct na_seen_count *count = bpf_map_lookup_elem(&na_seen_counts, &kind);

	if (!count)
		return;
	if (hit)
		count->hits += 1;
	else
		count->misses += 1;
}

/* The way that holds the tag, or NA_SEEN_WAYS. Without a branch, which has to be kept from the
 * compiler: it makes one of any number that it knows to be 0 or 1. One way here for the verifier,
 * and not two for each tag. */
static __always_inline __u32 na_seen_set__find(const struct na_seen_set *set, __u64 tag)
{
	__u64 way = NA_SEEN_WAYS;
	__u32 i;

#pragma clang loop unroll(full)
	for (i = NA_SEEN_WAYS; i-- > 0;) {
		__u64 difference = set->tags[i] ^ tag;
		__u64 differs = -difference;

		/* All bits or none. */
		NA_HIDE(differs);
		differs = (__s64)(differs | difference) >> 63;
		/* i, or what way was: the first way is looked at last. */
		way = i + ((way - i) & differs);
	}
	return way;
}

/* True when the thing is known and was counted. */
static __always_inline bool na_seen__hit(struct na_seen *seen, __u32 repeat)
{
	struct na_seen_set *set = bpf_map_lookup_elem(&na_seen_sets, &seen->set);
	struct na_seen_entry *entry;
	__u32 way, age;

	if (!set)
		return false;
	way = na_seen_set__find(set, seen->tag);
	NA_HIDE(way);
	if (way >= NA_SEEN_WAYS)
		return false;
	entry = &set->entries[way];
	/* Counts of one entry may miss a hit that another CPU counts at the same time. */
	entry->hits += 1;
	/* Only where it changes: the line stays shared among the CPUs. */
	if (!(set->recent >> way & 1))
		set->recent |= 1ULL << way;
	age = seen->now - entry->told;
	if (repeat && age >= repeat && age < 1U << 31) {
		seen->repeats = entry->hits;
		return false;
	}
	return true;
}

/* The same with a stack of its own. */
static __noinline bool na_seen__hit_in_call(struct na_seen *seen, __u32 repeat)
{
	return na_seen__hit(seen, repeat);
}

/*
 * True: known, counted, nothing to tell. small: with little stack, see na_seen__hash_in_loop(); the
 * frames of all functions in a row have to fit into 512 bytes, each rounded up to 32 before 6.12.
 * The kind's words and the executable's are in the key,
 * this adds what is the container's.
 */
static __always_inline bool na_seen__is_known(struct na_seen *seen, struct na_seen_key *key,
					      const struct na_filter_settings *settings,
					      __u64 cgroup_id, __u32 kind, bool small)
{
	__u64 now_ns = na_clock__ticks_ns(settings);
	struct na_container *container;
	__u32 index = 0;

	seen->set = NA_SEEN_NONE;
	seen->repeats = 0;
	container = na_container__of(cgroup_id, now_ns, &index);
	if (!container || container->unfiltered >> kind & 1)
		return false;
	seen->container = index;
	seen->epoch = container->epoch;
	seen->now = now_ns >> NA_SECOND_SHIFT;
	key->words[NA_SEEN_CGROUP] = cgroup_id;
	key->words[NA_SEEN_EPOCHS] = (__u64)settings->epoch << 32 | container->epoch;
	key->words[NA_SEEN_KIND] |= kind;
	seen->tag = small ? na_seen__hash_in_loop(key, settings) : na_seen__hash(key, settings);
	seen->set = index * (na_seen_set_mask + 1) + (seen->tag & na_seen_set_mask);
	if (small ? na_seen__hit_in_call(seen, settings->repeat)
		  : na_seen__hit(seen, settings->repeat)) {
		na_seen__count(kind, true);
		return true;
	}
	na_seen__count(kind, false);
	return false;
}

/* Off for this kind: one look at the settings. */
static __always_inline struct na_filter_settings *na_seen__begin(struct na_seen *seen, __u32 kind)
{
	struct na_filter_settings *settings = na_filter_settings__get();

	seen->set = NA_SEEN_NONE;
	seen->repeats = 0;
	if (!settings || !(settings->filtered >> kind & 1))
		return NULL;
	return settings;
}

/*
 * The way to give up: an empty one, one from before the last clearing, else the first behind the
 * last victim that was not hit since all were. Things that are met only once push out each other,
 * and not those that are met all the time.
 */
static __always_inline __u32 na_seen_set__victim(struct na_seen_set *set, __u8 epoch)
{
	__u32 hand = set->recent >> 8 & 7;
	__u32 recent = set->recent & ((1 << NA_SEEN_WAYS) - 1);
	__u32 i;

	for (i = 0; i < NA_SEEN_WAYS; i++) {
		if (!set->tags[i] || set->epochs[i] != epoch)
			return i;
	}
	if (recent == (1 << NA_SEEN_WAYS) - 1)
		recent = 0;
	for (i = 0; i < NA_SEEN_WAYS; i++) {
		__u32 way = hand + i;

		if (way >= NA_SEEN_WAYS)
			way -= NA_SEEN_WAYS;
		if (!(recent >> way & 1)) {
			hand = way;
			break;
		}
	}
	set->recent = recent | (hand + 1) << 8;
	return hand;
}

/* Its record was sent: from now on it is known. */
static __noinline int na_seen__note(const struct na_seen *seen)
{
	struct na_seen_set *set;
	struct na_container *container;
	__u8 epoch = seen->epoch;
	__u32 way;

	set = bpf_map_lookup_elem(&na_seen_sets, &seen->set);
	if (!set)
		return 0;
	way = na_seen_set__find(set, seen->tag);
	if (way == NA_SEEN_WAYS) {
		way = na_seen_set__victim(set, epoch);
		NA_HIDE(way);
		if (way >= NA_SEEN_WAYS)
			return 0;
		if (!set->tags[way] || set->epochs[way] != epoch) {
			container = bpf_map_lookup_elem(&na_containers, &seen->container);
			if (container)
				container->entries += 1;
		}
	}
	NA_HIDE(way);
	if (way >= NA_SEEN_WAYS)
		return 0;
	set->entries[way].told = seen->now;
	set->entries[way].hits = 0;
	set->epochs[way] = epoch;
	set->tags[way] = seen->tag;
	return 0;
}

/*
 * Marks the record of a thing that is told again, and puts how often it happened at end, behind the
 * tail. Gives the bytes that it added.
 */
static __always_inline __u64 na_seen__append_repeats(const struct na_seen *seen,
						     struct na_header *header, void *end)
{
	if (!seen->repeats)
		return 0;
	header->flags |= NA_HEADER_REPEATED;
	header->tail_size += sizeof(seen->repeats);
	__builtin_memcpy(end, &seen->repeats, sizeof(seen->repeats));
	return sizeof(seen->repeats);
}

#endif /* NA_SEEN_BPF_H */
