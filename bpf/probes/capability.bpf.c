/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capabilities that are asked for: one event for each container, capability and answer, with the
 * system call in which it was asked.
 *
 * The kernel asks some questions in passing (CAP_OPT_NOAUDIT): may this task use the last reserve
 * of memory, in each mmap; may it see addresses, in each look at /proc. Nothing that a process
 * wanted is refused by the answer and the audit log does not have them. Counted, they would put
 * SYS_ADMIN into the profile of everything that runs. They are left out.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "capability.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

/*
 * Variant fexit, since 5.8 where the kernel has CONFIG_SECURITY: the answer of all security
 * modules, and the options.
 */
SEC("fexit/security_capable")
int BPF_PROG(na_cap_fexit, const struct cred *cred, struct user_namespace *target, int capability,
	     unsigned int options, int error)
{
	struct na_capability_check check = {cred, target, capability, error == 0};
	struct task_struct *task = na_task__current();
	__u64 bit;
	__u64 *row;

	if (options & NA_CAP_OPT_NOAUDIT)
		return 0;
	row = na_capability__news(&check, task, &bit);
	if (row)
		na_capability__tell(&check, task, row, bit);
	return 0;
}

#define NA_QUIET_FRAMES	 10
#define NA_MEMORY_BYTES	 256 /* more than that function is long; its neighbours ask nothing */
#define NA_NOAUDIT_BYTES 96  /* that function's length, where it is longest */

/* NULL where /proc/kallsyms does not tell (kernel.kptr_restrict): then only calls tell. */
extern const void security_vm_enough_memory_mm __ksym __weak;
extern const void ns_capable_noaudit __ksym __weak;

static __always_inline bool na_frame__is_in(__u64 address, const void *function, __u64 length)
{
	return function && address - (__u64)function < length;
}

/* This tracepoint does not have the options. Who asked tells them, and costs a walk of the stack
 * while the capability is not known to be used. */
static __always_inline bool na_capability__is_quiet(void *ctx, __u32 capability)
{
	__u64 frames[NA_QUIET_FRAMES] = {};
	int i;

	if (capability != NA_CAP_SYS_ADMIN && capability != NA_CAP_SYS_PTRACE)
		return false;
	bpf_get_stack(ctx, frames, sizeof(frames), 0);
	for (i = 0; i < NA_QUIET_FRAMES; i++) {
		if (na_frame__is_in(frames[i], &security_vm_enough_memory_mm, NA_MEMORY_BYTES) ||
		    na_frame__is_in(frames[i], &ns_capable_noaudit, NA_NOAUDIT_BYTES))
			return true;
	}
	return false;
}

/* Calls that ask for SYS_ADMIN only to use the last of the memory: most of them, told without a
 * stack. */
static __always_inline bool na_capability__is_for_memory(struct task_struct *task, __u32 capability)
{
	__u32 number = na_task__current_call(task);

	if (capability != NA_CAP_SYS_ADMIN || number == NA_NO_CALL)
		return false;
	switch (na_syscall__of(number, false)) {
	case NA_CALL_mmap:
	case NA_CALL_mremap:
	case NA_CALL_mprotect:
	case NA_CALL_pkey_mprotect:
	case NA_CALL_memfd_create:
	case NA_CALL_execve:
	case NA_CALL_execveat:
		return true;
	default:
		return number == NA_BRK_NUMBER;
	}
}

/* Variant tracepoint, since 6.14: the answer of the capabilities alone. */
SEC("tp_btf/cap_capable")
int BPF_PROG(na_cap_tracept, const struct cred *cred, struct user_namespace *target,
	     const struct user_namespace *capable, int capability, int error)
{
	struct na_capability_check check = {cred, target, capability, error == 0};
	struct task_struct *task = na_task__current();
	__u64 bit;
	__u64 *row = na_capability__news(&check, task, &bit);

	if (!row || na_capability__is_for_memory(task, check.capability) ||
	    na_capability__is_quiet(ctx, check.capability))
		return 0;
	na_capability__tell(&check, task, row, bit);
	return 0;
}

/* In both variants. A container that is gone asks for nothing; its set would only push out others.
 */
SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(na_cap_rmdir, struct cgroup *cgroup, const char *path)
{
	__u64 id = na_cgroup__id(cgroup);

	if (cgroup->root->hierarchy_id == NA_DEFAULT_HIERARCHY_ID)
		bpf_map_delete_elem(&na_capability_sets, &id);
	return 0;
}
