/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opened files, at the end of the system call: the path comes from the struct file behind the
 * returned descriptor, never from the caller's memory, which another thread may have changed
 * meanwhile.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "inode.bpf.h"
#include "open_call.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

/*
 * The fixed struct goes right before the path, at the next lower multiple of 8. The verifier bounds
 * start and length of the record apart, so the sum of both bounds must lie in the map's value.
 */
struct na_open_scratch {
	struct na_open room;
	struct na_path_buffer path;
	char slack[NA_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_open_scratch);
} na_open_scratch SEC(".maps");

static __always_inline struct file *na_task__file(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = task->files->fdt;
	struct file *file = NULL;

	if (fd >= table->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

static __always_inline void na_open__fill_inode(struct na_open *open, struct inode *inode)
{
	struct super_block *sb = NA_FIELD(inode, i_sb);

	open->inode = NA_FIELD(inode, i_ino);
	open->device = NA_FIELD(sb, s_dev);
	open->mode = NA_FIELD(inode, i_mode);
	open->generation = NA_FIELD(inode, i_generation);
	if (NA_FIELD(inode, i_nlink) == 0)
		open->open_flags |= NA_OPEN_DELETED;
	if (na_inode__in_upper_layer(inode, sb))
		open->open_flags |= NA_OPEN_UPPER_LAYER;
}

static __always_inline void na_open__send(struct na_open *open, struct task_struct *task,
					  __u32 tail)
{
	na_header__fill(&open->header, task, NA_KIND_OPEN);
	open->header.tail_size = tail;
	na_shard__output(open, sizeof(*open) + tail, &open->header);
}

static __always_inline void na_open__report_file(struct na_open_scratch *scratch,
						 const struct na_open_call *call,
						 struct task_struct *task, struct file *file)
{
	const struct na_walk *walk = &scratch->path.walk;
	struct na_open *open;
	__u64 start, gap;
	__u64 *first;

	na_path__walk(&scratch->path, NA_CAST(struct vfsmount, NA_FIELD(file, f_path.mnt)),
		      NA_CAST(struct dentry, NA_FIELD(file, f_path.dentry)), task->fs);
	if (walk->start >= NA_PATH_MAX)
		return;
	/* Clear what is left of an older path in the gap, so that records hold no chance bytes. */
	start = walk->start & (NA_PATH_MAX - 8);
	NA_HIDE(start);
	start &= NA_PATH_MAX - 8;
	gap = walk->start & 7;
	first = (__u64 *)&scratch->path.bytes[start];
	*first = *first >> (gap * 8) << (gap * 8);

	open = (struct na_open *)((char *)first - sizeof(*open));
	open->flags = call->flags;
	open->error = 0;
	open->open_flags = 0;
	if (walk->truncated)
		open->open_flags |= NA_OPEN_PATH_TRUNCATED;
	if (na_path__is_memfd(&scratch->path))
		open->open_flags |= NA_OPEN_MEMFD;
	open->caller = (struct na_string){};
	open->path.offset = gap;
	open->path.length = NA_PATH_MAX - walk->start;
	na_open__fill_inode(open, NA_FIELD(file, f_inode));
	na_open__send(open, task, NA_PATH_MAX - start);
}

/* There is no kernel object: the open failed, or another thread closed the descriptor already. */
static __always_inline void na_open__report_call(struct na_open_scratch *scratch,
						 const struct na_open_call *call,
						 struct task_struct *task, __u32 error)
{
	struct na_open *open = &scratch->room;
	long length = 0;

	if (call->path)
		length = bpf_probe_read_user_str(scratch->path.bytes, NA_PATH_MAX, call->path);
	if (length < 0)
		length = 0; /* EFAULT, for the system call too */
	if (length > 0)
		length -= 1; /* the NUL */
	length &= NA_PATH_MAX - 1;
	open->inode = 0;
	open->device = 0;
	open->flags = call->flags;
	open->error = error;
	open->mode = 0;
	open->open_flags = NA_OPEN_CALLER_PATH;
	/* A longer one fails with ENAMETOOLONG. */
	if (length == NA_PATH_MAX - 1)
		open->open_flags |= NA_OPEN_PATH_TRUNCATED;
	open->generation = 0;
	open->caller = (struct na_string){};
	open->path.offset = 0;
	open->path.length = length;
	na_open__send(open, task, length);
}

/*
 * Since 4.17. Every system call of the machine passes here and through the kernel's slow path, so a
 * number that is not ours ends after one comparison tree. The kernels that have fentry get a better
 * hook.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_file_open, struct pt_regs *regs, long result)
{
	struct na_open_scratch *scratch;
	struct na_open_call call;
	struct task_struct *task;
	struct file *file = NULL;
	__u32 zero = 0;

	if (!na_open_call__is(regs))
		return 0;
	task = bpf_get_current_task_btf();
	if (!na_open_call__decode(&call, regs, task) || na_task__is_agent(task))
		return 0;
	scratch = bpf_map_lookup_elem(&na_open_scratch, &zero);
	if (!scratch)
		return 0;
	if (result >= 0)
		file = na_task__file(task, result);
	if (file)
		na_open__report_file(scratch, &call, task, NA_CAST(struct file, file));
	else
		na_open__report_call(scratch, &call, task, result < 0 ? -result : 0);
	return 0;
}
