/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The variables of a new program's environment whose names the agent was told to look for. */
#ifndef NA_ENVIRONMENT_BPF_H
#define NA_ENVIRONMENT_BPF_H

#define NA_ENVIRONMENT_NAME_SIZE 32   /* of a name with its NUL; longer ones cannot be asked for */
#define NA_ENVIRONMENT_NAMES	 64   /* how many can be asked for */
#define NA_ENVIRONMENT_VALUE_MAX 1024 /* of one variable, name and NUL included */
#define NA_ENVIRONMENT_PIECES	 1024 /* variables that are looked at: bounds what an exec costs */

struct na_environment_name {
	char bytes[NA_ENVIRONMENT_NAME_SIZE]; /* NUL padded */
};

/* Filled by the loader, before the programs are attached. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NA_ENVIRONMENT_NAMES);
	__type(key, struct na_environment_name);
	__type(value, __u32);
} na_environment_names SEC(".maps");

/* First letters of the wanted names, as bits of their low six bits: most variables end at this
 * test. 0 = none is wanted. Set by the loader before load. */
const volatile __u64 na_environment_letters = 0;

/* Copies the bytes up to '=' and pads with NUL. Without a branch, so that the verifier walks one
 * way only. False when the variable ends before a '=': what stands behind its NUL is of another
 * one. */
static __always_inline bool na_environment_name__take(struct na_environment_name *name,
						      const char *variable)
{
	const __u64 ones = 0x0101010101010101;
	const __u64 *from = (const __u64 *)variable;
	__u64 *to = (__u64 *)name->bytes;
	__u64 open = ~0ULL, ends = 0;
	int i;

	for (i = 0; i < NA_ENVIRONMENT_NAME_SIZE / 8; i++) {
		__u64 nul = (from[i] - ones) & ~from[i] & (ones << 7);
		__u64 unlike = from[i] ^ ('=' * ones);
		__u64 found = (unlike - ones) & ~unlike & (ones << 7);
		__u64 lowest = found & -found;

		/* All bytes below the first '='; all of them when there is none. */
		to[i] = from[i] & ((lowest >> 7) - 1) & open;
		ends |= nul & ((lowest >> 7) - 1) & open;
		found = (found | -found) >> 63;
		NA_HIDE(found);
		open &= found - 1;
	}
	return !ends;
}

static __always_inline bool na_environment__wants(const char *variable)
{
	struct na_environment_name name;

	if (!(na_environment_letters >> (variable[0] & 63) & 1))
		return false;
	if (!na_environment_name__take(&name, variable))
		return false;
	return bpf_map_lookup_elem(&na_environment_names, &name) != NULL;
}

/* Reads the next piece to the end of the tail, and keeps it there when it is wanted. */
static __always_inline bool na_environment__step(volatile struct na_environment_search *search,
						 char *tail, __u64 limit)
{
	__u64 next = search->next;
	__u64 at = search->end;
	__u32 continued = search->continued;
	long length;
	__u32 full;

	if (next >= search->stop || at > limit - NA_ENVIRONMENT_VALUE_MAX)
		return false;
	length = bpf_probe_read_user_str(&tail[at], NA_ENVIRONMENT_VALUE_MAX, (const void *)next);
	if (length < 0)
		return false;
	/* Of an empty string kernels up to 6.12 do not count the NUL. It must not end the search:
	 * whoever puts one in front would hide the rest. */
	length += !length;
	full = length == NA_ENVIRONMENT_VALUE_MAX;
	search->next = next + length - full;
	search->continued = full;
	if (!continued && na_environment__wants(&tail[at])) {
		search->cut |= full;
		search->end = at + length;
	}
	return true;
}

/* na_environment__step on the program's own search. A function that the verifier walks once, not
 * once for each call of it. */
int na_environment_step(void);

/*
 * Appends the wanted variables at search->end. False when not all could be looked at, or one was
 * cut. A variable that is longer than a piece goes on in the next ones, which are no names.
 */
static __always_inline bool na_environment__append(volatile struct na_environment_search *search,
						   struct mm_struct *mm)
{
	int i;

	if (na_environment_letters == 0)
		return true;
	search->next = mm->env_start;
	search->stop = mm->env_end;
	search->continued = 0;
	search->cut = 0;
	for (i = 0; i < NA_ENVIRONMENT_PIECES; i++)
		if (!na_environment_step())
			break;
	return search->next >= search->stop && !search->cut;
}

#endif /* NA_ENVIRONMENT_BPF_H */
