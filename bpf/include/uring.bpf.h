/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Requests of io_uring, as its tracepoints show them since 6.0. */
#ifndef NA_URING_BPF_H
#define NA_URING_BPF_H

#define NA_PF_IO_WORKER	   0x10	    /* PF_IO_WORKER of linux/sched.h: a thread of io_uring */
#define NA_PF_KTHREAD	   0x200000 /* PF_KTHREAD of linux/sched.h */
#define NA_REQ_F_CQE_SKIP  0x40	    /* REQ_F_CQE_SKIP of linux/io_uring_types.h */
#define NA_URING_REQUESTS  4096	    /* in flight on the machine; more forget the oldest */
#define NA_URING_ANY_SLOT  ~0U	    /* IORING_FILE_INDEX_ALLOC of linux/io_uring.h */
#define NA_URING_FILE_MASK ~7UL	    /* FFS_MASK of io_uring/filetable.h */

/* enum io_uring_op of linux/io_uring.h */
#define NA_IORING_OP_OPENAT  18
#define NA_IORING_OP_OPENAT2 28

/* Of tp_btf/io_uring_complete. Which of both arguments is there is decided before the program is
 * verified. */
static __always_inline long na_uring__result(__u64 *ctx)
{
	if (bpf_core_type_matches(btf_trace_io_uring_complete))
		return NA_FIELD(NA_CAST(struct io_uring_cqe, (void *)ctx[2]), res);
	return (int)ctx[3];
}

/* A direct descriptor: it lies in a table of the ring and not of the process. */
static __always_inline struct file *na_uring__direct(struct io_kiocb *request, __u32 index)
{
	struct io_ring_ctx *ring = NA_CAST(struct io_ring_ctx, NA_FIELD(request, ctx));
	unsigned long file = 0;
	void *entry;

	/* Since 6.13. */
	if (bpf_core_field_exists(struct io_file_table, data)) {
		struct io_rsrc_node **nodes = NA_FIELD(ring, file_table.data.nodes);
		struct io_rsrc_node *node = NULL;

		if (index >= NA_FIELD(ring, file_table.data.nr))
			return NULL;
		bpf_probe_read_kernel(&node, sizeof(node), nodes + index);
		if (node)
			file = NA_FIELD(NA_CAST(struct io_rsrc_node, node), file_ptr);
	} else {
		entry = (void *)ring + bpf_core_field_offset(struct io_ring_ctx, file_table) +
			bpf_core_field_offset(struct io_file_table___v6_12, files);
		if (index >= NA_FIELD(ring, nr_user_files))
			return NULL;
		bpf_probe_read_kernel(&entry, sizeof(entry), entry);
		bpf_probe_read_kernel(&file, sizeof(file),
				      entry + (__u64)index *
						      bpf_core_type_size(struct io_fixed_file));
	}
	return (struct file *)(file & NA_URING_FILE_MASK);
}

/* What a request that opens has opened. */
static __always_inline struct file *
na_uring__file(struct task_struct *task, struct io_kiocb *request, __u32 slot, long result)
{
	if (!slot)
		return na_task__file(task, result);
	return na_uring__direct(request, slot == NA_URING_ANY_SLOT ? (__u32)result : slot - 1);
}

#endif /* NA_URING_BPF_H */
