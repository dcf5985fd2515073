/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that change what a process is or may, after they ended. */
#ifndef NA_PROCESS_CALL_BPF_H
#define NA_PROCESS_CALL_BPF_H

#define NA_AT_EMPTY_PATH 0x1000 /* of linux/fcntl.h */

struct na_process_call {
	struct pt_regs *regs;
	struct task_struct *task;
	enum na_call call;
	__u32 error; /* 0 = it did its work */
	bool compat;
	char padding[7];
};

struct na_exec_failed_scratch {
	struct na_exec_failed failed;
	char path[NA_PATH_MAX];
};

struct na_process_call_scratch {
	__u32 busy;
	__u32 padding;
	union {
		struct na_namespace_scratch change;
		struct na_exec_failed_scratch failed;
	};
};

static __always_inline __u64 na_process_call__argument(const struct na_process_call *call,
						       int index)
{
	return na_syscall__argument(call->regs, call->compat, index);
}

/* A string of the caller, without its NUL: what a call that failed has no kernel object for. */
static __always_inline __u64 na_process_call__string(char *to, __u64 address)
{
	long length = bpf_probe_read_user_str(to, NA_PATH_MAX, (const void *)address);

	return length > 0 ? (length - 1) & (NA_PATH_MAX - 1) : 0;
}

static __always_inline void na_process_call__exec_failed(struct na_exec_failed_scratch *scratch,
							 const struct na_process_call *call)
{
	struct na_exec_failed *failed = &scratch->failed;
	bool at = call->call == NA_CALL_execveat;
	__u64 path = na_process_call__argument(call, at ? 1 : 0);
	__u64 length = na_process_call__string(scratch->path, path);

	na_header__fill(&failed->header, call->task, NA_KIND_EXEC_FAILED);
	failed->error = call->error;
	failed->exec_flags = 0;
	if (at && length == 0 && na_process_call__argument(call, 4) & NA_AT_EMPTY_PATH)
		failed->exec_flags |= NA_EXEC_EMPTY_PATH;
	if (length == NA_PATH_MAX - 1)
		failed->exec_flags |= NA_EXEC_PATH_TRUNCATED;
	failed->path.offset = 0;
	failed->path.length = length;
	failed->padding = 0;
	failed->header.tail_size = length;
	na_ring__output(&na_ring_process, scratch, sizeof(*failed) + length, &failed->header);
}

/* The tail is there already. */
static __always_inline void na_process_call__send_change(struct na_namespace_scratch *scratch,
							 const struct na_process_call *call,
							 __u32 operation, __u32 flags, __u64 tail)
{
	struct na_namespace *change = &scratch->change;

	na_header__fill(&change->header, call->task, NA_KIND_NAMESPACE);
	change->operation = operation;
	change->flags = flags;
	change->error = call->error;
	change->child_pid = 0;
	change->padding = 0;
	na_namespace__fill(change, call->task);
	NA_HIDE(tail);
	if (tail > 2 * NA_PATH_MAX)
		tail = 2 * NA_PATH_MAX;
	change->header.tail_size = tail;
	na_ring__output(&na_ring_process, scratch, sizeof(*change) + tail, &change->header);
}

/* Calls that enter or make namespaces; clone only when it failed, since a child tells the rest. */
static __always_inline void na_process_call__namespaces(struct na_namespace_scratch *scratch,
							const struct na_process_call *call,
							__u32 operation, __u64 flags)
{
	flags &= NA_CLONE_NEW;
	if (!flags)
		return;
	scratch->change.path = (struct na_string){};
	scratch->change.other_path = (struct na_string){};
	na_process_call__send_change(scratch, call, operation, flags, 0);
}

static __always_inline void na_process_call__setns(struct na_namespace_scratch *scratch,
						   const struct na_process_call *call)
{
	__u64 flags = (__u32)na_process_call__argument(call, 1);

	if (flags == 0)
		flags = na_namespace__type_of(call->task, na_process_call__argument(call, 0));
	/* A descriptor that names no namespace, and no type asked for: the attempt is told all the
	 * same. */
	scratch->change.path = (struct na_string){};
	scratch->change.other_path = (struct na_string){};
	na_process_call__send_change(scratch, call, NA_NAMESPACE_SETNS, flags, 0);
}

static __always_inline void na_process_call__chroot(struct na_namespace_scratch *scratch,
						    const struct na_process_call *call)
{
	__u64 length;

	if (call->error)
		length = na_process_call__string(scratch->tail, na_process_call__argument(call, 0));
	else
		length = na_root__path(scratch, call->task->fs);
	scratch->change.path.offset = 0;
	scratch->change.path.length = length;
	scratch->change.other_path = (struct na_string){};
	na_process_call__send_change(scratch, call, NA_NAMESPACE_CHROOT, 0, length);
}

/* By the time of the end, no kernel object tells where the new root was: both are the caller's
 * strings. */
static __always_inline void na_process_call__pivot_root(struct na_namespace_scratch *scratch,
							const struct na_process_call *call)
{
	__u64 length = na_process_call__string(scratch->tail, na_process_call__argument(call, 0));
	__u64 other;

	scratch->change.path.offset = 0;
	scratch->change.path.length = length;
	NA_HIDE(length);
	length &= NA_PATH_MAX - 1;
	other = na_process_call__string(&scratch->tail[length], na_process_call__argument(call, 1));
	scratch->change.other_path.offset = length;
	scratch->change.other_path.length = other;
	na_process_call__send_change(scratch, call, NA_NAMESPACE_PIVOT_ROOT, 0, length + other);
}

static __always_inline __u64 na_process_call__clone_flags(const struct na_process_call *call)
{
	__u64 first = na_process_call__argument(call, 0);
	__u64 flags = 0;

	if (call->call == NA_CALL_clone)
		return first;
	/* struct clone_args begins with them. */
	if (call->call == NA_CALL_clone3)
		bpf_probe_read_user(&flags, sizeof(flags), (const void *)first);
	return flags;
}

/* The events of one call that ended. */
static __always_inline void na_process_call__tell(struct na_process_call_scratch *scratch,
						  const struct na_process_call *call)
{
	switch (call->call) {
	case NA_CALL_execve:
	case NA_CALL_execveat:
		if (call->error)
			na_process_call__exec_failed(&scratch->failed, call);
		return;
	case NA_CALL_unshare:
		na_process_call__namespaces(&scratch->change, call, NA_NAMESPACE_UNSHARE,
					    na_process_call__argument(call, 0));
		return;
	case NA_CALL_setns:
		na_process_call__setns(&scratch->change, call);
		return;
	case NA_CALL_clone:
	case NA_CALL_clone3:
		if (call->error)
			na_process_call__namespaces(&scratch->change, call, NA_NAMESPACE_CLONE,
						    na_process_call__clone_flags(call));
		return;
	case NA_CALL_chroot:
		na_process_call__chroot(&scratch->change, call);
		return;
	case NA_CALL_pivot_root:
		na_process_call__pivot_root(&scratch->change, call);
		return;
	default:
		return;
	}
}

#endif /* NA_PROCESS_CALL_BPF_H */
