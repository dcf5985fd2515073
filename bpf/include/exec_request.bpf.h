/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What only an exec tells and a running process does not: how it was asked for. */
#ifndef NA_EXEC_REQUEST_BPF_H
#define NA_EXEC_REQUEST_BPF_H

#include "environment.bpf.h"

/* cwd was appended last: the name of a script that is not absolute is put right behind it. */
static __always_inline __u64 na_exec__append_script(struct na_exec_scratch *scratch, __u64 at,
						    const char *filename)
{
	struct na_exec *exec = &scratch->exec;
	bool absolute;
	char first = 0;
	long length;

	exec->exec_flags |= NA_EXEC_SCRIPT;
	bpf_probe_read_kernel(&first, sizeof(first), filename);
	absolute = first == '/' || exec->cwd.length == 0;
	exec->script.offset = absolute ? at : exec->cwd.offset;
	NA_HIDE(at);
	if (at > NA_EXEC_TAIL_MAX - NA_PATH_MAX - 1)
		return at;
	if (!absolute && exec->cwd.length > 1)
		scratch->tail[at++] = '/';
	length = bpf_probe_read_kernel_str(&scratch->tail[at], NA_PATH_MAX, filename);
	if (length > 0)
		at += (length - 1) & (NA_PATH_MAX - 1);
	exec->script.length = at - exec->script.offset;
	return at;
}

/* "/dev/fd/N" is what the kernel calls a program that was given by its descriptor alone. */
static __always_inline bool na_exec__is_descriptor(struct linux_binprm *bprm)
{
	const __u64 prefix = 0x2f64662f7665642f; /* "/dev/fd/" */
	char name[24] = {};
	int i;

	if (bpf_core_field_exists(bprm->fdpath) && !bprm->fdpath)
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name), bprm->filename);
	if (*(__u64 *)name != prefix)
		return false;
	for (i = sizeof(prefix); i < (int)sizeof(name); i++)
		if (name[i] == '/')
			return false;
	return true;
}

/* Behind what na_exec__fill wrote; gives the new end of the tail. */
static __always_inline __u64 na_exec__append_request(struct na_exec_scratch *scratch, __u64 at,
						     struct mm_struct *mm,
						     struct linux_binprm *bprm)
{
	volatile struct na_environment_search *search = &scratch->search;
	struct na_exec *exec = &scratch->exec;

	if (na_exec__is_descriptor(bprm))
		exec->exec_flags |= NA_EXEC_EMPTY_PATH;
	if (bprm->filename != bprm->interp)
		at = na_exec__append_script(scratch, at, bprm->filename);
	exec->environment.offset = at;
	search->end = at;
	if (!na_environment__append(search, mm))
		exec->exec_flags |= NA_EXEC_ENVIRONMENT_TRUNCATED;
	at = search->end;
	exec->environment.length = at - exec->environment.offset;
	NA_HIDE(at);
	if (at > NA_EXEC_TAIL_MAX)
		at = 0;
	exec->header.tail_size = at;
	return at;
}

#endif /* NA_EXEC_REQUEST_BPF_H */
