/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who entered a cgroup from outside and has executed nothing in it yet: a runtime that sets a
 * container up, or whoever comes in for `kubectl exec`. What it does there (mounting, opening of
 * namespaces, giving up capabilities) is not what the container does. It ends with its first exec
 * of something else, and after a minute in any case: some processes are moved and go on as they
 * are. runc executes itself once more, a copy of itself that nobody can write to, and where the
 * machine is slow it is in the cgroup by then.
 *
 * Noted by the cgroup and process objects; without them nobody is one. The kernel tells of a move
 * behind it: what is done meanwhile on another processor is not marked.
 */
#ifndef NA_ENTRANT_BPF_H
#define NA_ENTRANT_BPF_H

#define NA_ENTRANT_NS (1ULL << 36)

/* Whether this process can bring others in from outside. Those inside of a pid namespace cannot:
 * whoever moves itself from one cgroup of its container to another is not to be overlooked. */
static __always_inline bool na_entrant__may_bring(struct task_struct *task)
{
	return task->thread_pid->level == 0;
}

/*
 * NA_HEADER_ENTRANT or 0. Global, so that the verifier walks it once, and with a number that it
 * does not know, so that nothing behind it is walked twice.
 */
__noinline __u32 na_entrant__flags(__u32 pid, __u64 start_time_ns)
{
	struct na_entrant *entrant = bpf_map_lookup_elem(&na_entrants, &pid);

	return entrant && entrant->start_time_ns == start_time_ns &&
			       entrant->until_ns > bpf_ktime_get_boot_ns()
		       ? NA_HEADER_ENTRANT
		       : 0;
}

static __always_inline bool na_entrant__is(struct task_struct *task)
{
	return na_entrant__flags(task->tgid, task->group_leader->start_boottime);
}

static __always_inline void na_entrant__add(struct task_struct *task)
{
	struct inode *exe = task->mm->exe_file->f_inode;
	struct na_entrant entrant = {
		.start_time_ns = task->group_leader->start_boottime,
		.until_ns = bpf_ktime_get_boot_ns() + NA_ENTRANT_NS,
		.exe_inode = exe->i_ino,
		.exe_size = exe->i_size,
		.exe_device = exe->i_sb->s_dev,
	};
	__u32 pid = task->tgid;

	bpf_map_update_elem(&na_entrants, &pid, &entrant, BPF_ANY);
}

static __always_inline void na_entrant__remove(struct task_struct *task)
{
	__u32 pid = task->tgid;

	bpf_map_delete_elem(&na_entrants, &pid);
}

/* Call it when a process has executed something. A copy has no name and the size of what was
 * copied; or it is the same file as a mount of its own. Under its name a process executes itself as
 * any other program: who starts its workers so must not have them overlooked. */
static __always_inline void na_entrant__execute(struct task_struct *task)
{
	__u32 pid = task->tgid;
	struct na_entrant *entrant = bpf_map_lookup_elem(&na_entrants, &pid);
	struct file *file;
	struct inode *exe;

	if (!entrant)
		return;
	file = task->mm->exe_file;
	exe = file->f_inode;
	if (exe->i_ino == entrant->exe_inode && exe->i_sb->s_dev == entrant->exe_device &&
	    file->f_path.dentry == file->f_path.mnt->mnt_root)
		return;
	if (exe->i_nlink == 0 && exe->i_size == entrant->exe_size)
		return;
	na_entrant__remove(task);
}

#endif /* NA_ENTRANT_BPF_H */
