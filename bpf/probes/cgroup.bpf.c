/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers and services begin and end as cgroups: id and path are known before the first event in
 * them. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

struct na_cgroup_scratch {
	struct na_cgroup cgroup;
	char path[NA_PATH_MAX];
};

/* One slot per program: an attach may interrupt nothing, but nothing forbids it to. */
enum na_cgroup_slot {
	NA_CGROUP_SLOT_MKDIR,
	NA_CGROUP_SLOT_RMDIR,
	NA_CGROUP_SLOT_ATTACH,
	NA_CGROUP_SLOTS,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NA_CGROUP_SLOTS);
	__type(key, __u32);
	__type(value, struct na_cgroup_scratch);
} na_cgroup_scratch SEC(".maps");

/* attached: the process that was moved, or NULL. The path is the kernel's own string. */
static __always_inline int na_cgroup__send(__u16 kind, __u32 slot, struct cgroup *cgroup,
					   const char *path, struct task_struct *attached)
{
	struct na_cgroup_scratch *scratch;
	struct na_cgroup *record;
	long length;

	cgroup = NA_CAST(struct cgroup, cgroup);
	/* The cgroup v1 trees of a hybrid machine pass here too. */
	if (cgroup->root->hierarchy_id != NA_DEFAULT_HIERARCHY_ID)
		return 0;
	scratch = bpf_map_lookup_elem(&na_cgroup_scratch, &slot);
	if (!scratch)
		return 0;
	record = &scratch->cgroup;
	na_header__fill(&record->header, na_task__current(), kind);
	record->header.cgroup_id = na_cgroup__id(cgroup);
	/* The root has no parent: a read through NULL gives 0. */
	record->parent_cgroup_id = na_cgroup__id(cgroup->self.parent->cgroup);
	record->level = cgroup->level;
	record->attached_pid = attached ? attached->tgid : 0;
	record->attached_start_time_ns = attached ? attached->group_leader->start_boottime : 0;
	length = bpf_probe_read_kernel_str(scratch->path, sizeof(scratch->path), path);
	if (length > 0)
		length -= 1; /* the NUL */
	else
		length = 0;
	length &= NA_PATH_MAX - 1;
	record->path.offset = 0;
	record->path.length = length;
	record->padding = 0;
	record->header.tail_size = length;
	na_ring__output(&na_ring_process, scratch, sizeof(*record) + length, &record->header);
	return 0;
}

/* All three: since 4.16. */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(na_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	return na_cgroup__send(NA_KIND_CGROUP_MKDIR, NA_CGROUP_SLOT_MKDIR, cgroup, path, NULL);
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(na_cgroup_rmdir, struct cgroup *cgroup, const char *path)
{
	if (cgroup->root->hierarchy_id == NA_DEFAULT_HIERARCHY_ID)
		na_container__release(na_cgroup__id(cgroup));
	return na_cgroup__send(NA_KIND_CGROUP_RMDIR, NA_CGROUP_SLOT_RMDIR, cgroup, path, NULL);
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(na_cgroup_move, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	if (cgroup->root->hierarchy_id == NA_DEFAULT_HIERARCHY_ID &&
	    na_entrant__may_bring(na_task__current()))
		na_entrant__add(NA_TASK(task));
	return na_cgroup__send(NA_KIND_CGROUP_ATTACH, NA_CGROUP_SLOT_ATTACH, cgroup, path,
			       NA_TASK(task));
}
