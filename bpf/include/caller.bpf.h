/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The names that callers pass: cleaning them up, without a look at any file, and comparing them
 * with the paths of kernel objects.
 */
#ifndef NA_CALLER_BPF_H
#define NA_CALLER_BPF_H

#define NA_CLEAN_MAX 512 /* bytes of a string that can be cleaned up; verifier time sets it */

/* A clean string lies at the end of bytes: "/a/b" for "./a//c/../b/". */
struct na_clean {
	char bytes[NA_PATH_MAX];
	char slack[NA_PATH_MAX + 8]; /* the verifier bounds start and length apart */
	char string[2 * NA_CLEAN_MAX];
	__u32 start;  /* of the clean string; NA_PATH_MAX when nothing is left */
	__u32 skip;   /* ".." in front of it: so many names of the folder that it starts from go */
	__u32 right;  /* end of the name that is looked at */
	__u32 length; /* of the string as the caller gave it */
	__u32 busy;   /* where programs can be preempted */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_clean);
} na_clean SEC(".maps");

static __always_inline bool na_word__equal(const char *left, const char *right)
{
	return *(const __u64 *)left == *(const __u64 *)right;
}

/* Both from the first byte; 7 bytes behind both must be there. The end comes first: it is likeliest
 * to differ, and then nothing is left to do behind the loop. Steps of two words halve the loop. */
static __noinline bool na_bytes__equal(const char *left, const char *right, __u32 length)
{
	__u32 last = (length - 8) & (NA_PATH_MAX - 1);
	__u32 i;

	if (length == 0)
		return true;
	if (length < 8)
		return (*(const __u64 *)left ^ *(const __u64 *)right) << (8 - length) * 8 == 0;
	if (!na_word__equal(&left[last], &right[last]))
		return false;
	if (length < 16)
		return na_word__equal(left, right);
	last = (length - 16) & (NA_PATH_MAX - 1);
	NA_HIDE(last); /* the bound on i has to stay */
	for (i = 0; i < NA_PATH_MAX && i <= last; i += 16) {
		if (!na_word__equal(&left[i], &right[i]) ||
		    !na_word__equal(&left[i + 8], &right[i + 8]))
			return false;
	}
	return na_word__equal(&left[last], &right[last]);
}

/* The name in clean->string that ends at clean->right begins at left. A global function: the
 * verifier looks at it once, and not once for each byte. */
__noinline int na_clean__add_name(__u32 left)
{
	struct na_clean *clean;
	__u64 length, start;
	const char *name;
	__u32 zero = 0;

	clean = bpf_map_lookup_elem(&na_clean, &zero);
	if (!clean || left > NA_CLEAN_MAX)
		return 0;
	length = clean->right - left;
	name = &clean->string[left];
	clean->right = left - 1;
	if (length == 0 || (length == 1 && name[0] == '.'))
		return 0;
	if (length == 2 && name[0] == '.' && name[1] == '.') {
		clean->skip++;
		return 0;
	}
	if (clean->skip) {
		clean->skip--;
		return 0;
	}
	start = clean->start;
	if (length > NA_NAME_MAX || start <= length || start > NA_PATH_MAX)
		return 0;
	start -= length;
	NA_HIDE(start);
	start &= NA_PATH_MAX - 1;
	bpf_probe_read_kernel(&clean->bytes[start], length, name);
	start -= 1;
	NA_HIDE(start);
	start &= NA_PATH_MAX - 1;
	clean->bytes[start] = '/';
	clean->start = start;
	return 0;
}

#define NA_CLEAN_STEP 16 /* bytes that are looked at in one call */

/* Looks for the beginnings of names, from the end to the front: from right on, NA_CLEAN_STEP
 * places. Global for the same reason. */
__noinline int na_clean__some(__u32 right)
{
	struct na_clean *clean;
	__u32 zero = 0, i;

	clean = bpf_map_lookup_elem(&na_clean, &zero);
	if (!clean || right > NA_CLEAN_MAX)
		return 0;
	for (i = 0; i < NA_CLEAN_STEP && i <= right; i++) {
		__u64 left = right - i;

		NA_HIDE(left);
		left &= 2 * NA_CLEAN_MAX - 1;
		if (left == 0 || clean->string[left - 1] == '/')
			na_clean__add_name(left);
	}
	return 0;
}

/* Cleans up clean->string, of clean->length bytes. */
__noinline int na_clean__names(void)
{
	struct na_clean *clean;
	__u32 zero = 0;
	__u32 length, i;

	clean = bpf_map_lookup_elem(&na_clean, &zero);
	if (!clean)
		return 0;
	length = clean->length;
	if (length > NA_CLEAN_MAX)
		return 0;
	clean->start = NA_PATH_MAX;
	clean->skip = 0;
	clean->right = length;
	NA_HIDE(length); /* the bound on i has to stay */
	for (i = 0; i <= NA_CLEAN_MAX && i <= length; i += NA_CLEAN_STEP)
		na_clean__some(length - i);
	return 0;
}

/* Cleans up what stands at string, of clean->length bytes. False when it is too long. */
static __always_inline bool na_clean__string(struct na_clean *clean, const char *string)
{
	__u32 length = NA_FORGET(clean->length);

	if (length > NA_CLEAN_MAX)
		return false;
	bpf_probe_read_kernel(clean->string, length, string);
	na_clean__names();
	return true;
}

/* Whether the last bytes before path[NA_PATH_MAX] are those of string. */
static __always_inline bool na_path__ends_with(const char *path, const char *string, __u32 length)
{
	__u64 start = NA_PATH_MAX - length;

	NA_HIDE(start);
	return na_bytes__equal(&path[start & (NA_PATH_MAX - 1)], string, length);
}

/*
 * Whether string, which the caller gave and which has clean->length bytes, says what the path says
 * that ends before path[NA_PATH_MAX]. Relative ones are compared as far as they go.
 */
static __always_inline bool na_caller__agrees(struct na_clean *clean, const char *path,
					      __u32 path_length, const char *string)
{
	__u32 length = NA_FORGET(clean->length);
	bool absolute = string[0] == '/';
	__u64 start;

	if (length == 0 || length >= NA_PATH_MAX)
		return length == 0; /* the call had none */
	start = NA_PATH_MAX - 1 - length;
	NA_HIDE(start);
	start &= NA_PATH_MAX - 1;
	if ((absolute ? length == path_length : length < path_length && path[start] == '/') &&
	    na_path__ends_with(path, string, length))
		return true;

	if (!na_clean__string(clean, string))
		return false;
	start = NA_FORGET(clean->start);
	if (start >= NA_PATH_MAX)
		return string[0] != '/' || path_length == 1;
	length = NA_PATH_MAX - start;
	if (string[0] == '/' ? length != path_length : length > path_length)
		return false;
	NA_HIDE(start);
	start &= NA_PATH_MAX - 1;
	return na_path__ends_with(path, &clean->bytes[start], length);
}

#endif /* NA_CALLER_BPF_H */
