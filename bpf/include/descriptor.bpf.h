/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The file behind a descriptor. */
#ifndef NA_DESCRIPTOR_BPF_H
#define NA_DESCRIPTOR_BPF_H

/* What stands there now: NULL when it was closed meanwhile. To be read through NA_CAST. */
static __always_inline struct file *na_task__file(struct task_struct *task, __u32 fd)
{
	struct files_struct *files = task->files;
	struct fdtable *table = files->fdt;
	struct file *file = NULL;

	if (!files || fd >= table->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

#endif /* NA_DESCRIPTOR_BPF_H */
