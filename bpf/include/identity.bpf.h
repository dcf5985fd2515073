/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Credentials as they were last told, so that a change is told once, whatever made it: a call, an
 * exec, or something that no call explains, as when a kernel's own memory was overwritten. Each
 * process has a note, by the tid of its first thread; other threads only when theirs differ.
 */
#ifndef NA_IDENTITY_BPF_H
#define NA_IDENTITY_BPF_H

#include "kernel.h"
#include "syscall.bpf.h"

#define NA_NOTE_LIMIT	   131072 /* tasks; memory is taken as they come */
#define NA_SYSCALL_UNKNOWN (~0U)

struct na_identity {
	__u64 effective_caps;
	__u64 permitted_caps;
	__u32 uid;
	__u32 gid;
	__u32 effective_uid;
	__u32 effective_gid;
	__u32 user_ns;
	__u32 padding;
};

struct na_identity_note {
	__u64 start_time_ns; /* of the thread: its tid may be another one's by now */
	struct na_identity now;
	struct na_identity before; /* what threads still have that did not follow their first one */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NA_NOTE_LIMIT);
	__type(key, __u32);
	__type(value, struct na_identity_note);
} na_identity_notes SEC(".maps");

/* The native number of each call: what user space knows a call by, whatever convention was used. */
static const __u16 na_call_numbers[NA_CALLS] = {
#if defined(__TARGET_ARCH_x86)
#define X(name, x86_64, i386, arm64, arm) [NA_CALL_##name] = x86_64,
#elif defined(__TARGET_ARCH_arm64)
#define X(name, x86_64, i386, arm64, arm) [NA_CALL_##name] = arm64,
#endif
	NA_SYSCALLS(X)
#undef X
};

static __always_inline void na_identity__read(struct na_identity *identity, const struct cred *cred)
{
	identity->effective_caps = *(__u64 *)__builtin_preserve_access_index(&cred->cap_effective);
	identity->permitted_caps = *(__u64 *)__builtin_preserve_access_index(&cred->cap_permitted);
	identity->uid = cred->uid.val;
	identity->gid = cred->gid.val;
	identity->effective_uid = cred->euid.val;
	identity->effective_gid = cred->egid.val;
	identity->user_ns = cred->user_ns->ns.inum;
	identity->padding = 0;
}

static __always_inline bool na_identity__same(const struct na_identity *a,
					      const struct na_identity *b)
{
	return a->effective_caps == b->effective_caps && a->permitted_caps == b->permitted_caps &&
	       a->uid == b->uid && a->gid == b->gid && a->effective_uid == b->effective_uid &&
	       a->effective_gid == b->effective_gid && a->user_ns == b->user_ns;
}

static __always_inline struct na_identity_note *na_identity__find(__u32 tid, __u64 start_time_ns)
{
	struct na_identity_note *note = bpf_map_lookup_elem(&na_identity_notes, &tid);

	return note && note->start_time_ns == start_time_ns ? note : NULL;
}

static __always_inline void na_identity__note(struct task_struct *task,
					      const struct na_identity *now,
					      const struct na_identity *before)
{
	struct na_identity_note note = {
		.start_time_ns = task->start_boottime,
		.now = *now,
		.before = *before,
	};
	__u32 tid = task->pid;

	/* A full map: its changes cannot be told, which counts as their loss. */
	if (bpf_map_update_elem(&na_identity_notes, &tid, &note, BPF_ANY))
		na_loss__count(NA_KIND_CREDENTIALS, na_task__cgroup_id(task));
}

/* old and now may point into the map. */
static __always_inline void na_identity__tell(struct task_struct *task,
					      const struct na_identity *old,
					      const struct na_identity *now, __u32 syscall)
{
	struct na_credentials record = {};

	na_header__fill(&record.header, task, NA_KIND_CREDENTIALS);
	record.header.uid = old->uid;
	record.header.gid = old->gid;
	record.old_effective_caps = old->effective_caps;
	record.new_effective_caps = now->effective_caps;
	record.old_permitted_caps = old->permitted_caps;
	record.new_permitted_caps = now->permitted_caps;
	record.old_uid = old->uid;
	record.new_uid = now->uid;
	record.old_effective_uid = old->effective_uid;
	record.new_effective_uid = now->effective_uid;
	record.old_gid = old->gid;
	record.new_gid = now->gid;
	record.old_effective_gid = old->effective_gid;
	record.new_effective_gid = now->effective_gid;
	record.syscall = syscall;
	record.new_user_ns = now->user_ns;
	na_ring__output(&na_ring_process, &record, sizeof(record), &record.header);
}

/*
 * Tells what changed since it was last told. A thread without a note of its own still has what its
 * process has, or had before a change that did not reach it. An unknown process (older than the
 * agent) is noted only.
 */
static __always_inline void na_identity__check(struct task_struct *task, const struct cred *cred,
					       __u32 syscall)
{
	struct na_identity_note *note = na_identity__find(task->pid, task->start_boottime);
	struct na_identity now;

	na_identity__read(&now, cred);
	if (note) {
		if (na_identity__same(&note->now, &now))
			return;
		na_identity__tell(task, &note->now, &now, syscall);
		note->before = note->now;
		note->now = now;
		return;
	}
	note = task->pid == task->tgid
		       ? NULL
		       : na_identity__find(task->tgid, task->group_leader->start_boottime);
	if (!note) {
		na_identity__note(task, &now, &now);
		return;
	}
	if (na_identity__same(&note->now, &now) || na_identity__same(&note->before, &now))
		return;
	na_identity__tell(task, &note->now, &now, syscall);
	na_identity__note(task, &now, &note->now);
}

/* The parent's own change first: what the child has beyond it, its clone gave it. */
static __always_inline void na_identity__fork(struct task_struct *parent, struct task_struct *child)
{
	struct na_identity before, now;

	if (child->pid != child->tgid) {
		/* A thread of a thread that differs from its process does so too. */
		if (child->real_cred != child->group_leader->real_cred) {
			na_identity__read(&now, child->real_cred);
			na_identity__note(child, &now, &now);
		}
		return;
	}
	na_identity__check(parent, parent->real_cred, NA_SYSCALL_UNKNOWN);
	na_identity__read(&before, parent->real_cred);
	na_identity__read(&now, child->real_cred);
	if (!na_identity__same(&before, &now))
		na_identity__tell(child, &before, &now, na_call_numbers[NA_CALL_clone]);
	na_identity__note(child, &now, &now);
}

/* Exec changes no real id and no user namespace, and an effective id only for a file that says so.
 */
static __always_inline bool na_identity__exec_explains(struct task_struct *task,
						       const struct na_identity *old,
						       const struct na_identity *now)
{
	__u32 mode = task->mm->exe_file->f_inode->i_mode;

	return old->uid == now->uid && old->gid == now->gid && old->user_ns == now->user_ns &&
	       (old->effective_uid == now->effective_uid || mode & NA_S_ISUID) &&
	       (old->effective_gid == now->effective_gid || mode & NA_S_ISGID);
}

/* old_tid: of the thread that executed, which has become the first one by now. */
static __always_inline void na_identity__exec(struct task_struct *task, __u32 old_tid)
{
	struct na_identity_note *note = NULL;
	struct na_identity now;
	__u32 tid = task->pid;
	__u32 call = na_call_numbers[NA_CALL_execve];

	na_identity__read(&now, task->real_cred);
	if (old_tid != tid)
		note = bpf_map_lookup_elem(&na_identity_notes, &old_tid);
	if (!note)
		note = na_identity__find(tid, task->start_boottime);
	if (note && !na_identity__same(&note->now, &now)) {
		if (!na_identity__exec_explains(task, &note->now, &now))
			call = NA_SYSCALL_UNKNOWN;
		na_identity__tell(task, &note->now, &now, call);
	}
	na_identity__note(task, &now, &now);
	if (old_tid != tid)
		bpf_map_delete_elem(&na_identity_notes, &old_tid);
}

/* The note of a process stays until its last thread has ended. */
static __always_inline void na_identity__exit(struct task_struct *task, bool last)
{
	__u32 tid = task->pid;

	if (last)
		na_identity__check(task, task->real_cred, NA_SYSCALL_UNKNOWN);
	if (tid != (__u32)task->tgid || last)
		bpf_map_delete_elem(&na_identity_notes, &tid);
	if (last && tid != (__u32)task->tgid) {
		tid = task->tgid;
		bpf_map_delete_elem(&na_identity_notes, &tid);
	}
}

#endif /* NA_IDENTITY_BPF_H */
