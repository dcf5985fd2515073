/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The system calls of the privilege probe, each at its end: which of them are worth an event, and
 * what it says. What the kernel made of a call is preferred to what the caller's memory says.
 */
#ifndef NA_PRIVILEGE_CALL_BPF_H
#define NA_PRIVILEGE_CALL_BPF_H

#include "syscall.bpf.h"
#include "privilege.bpf.h"

/* A call that ended. */
struct na_privilege_call {
	struct pt_regs *regs;
	struct task_struct *task;
	long result;
	__u64 compat;
};

static __always_inline __u64 na_privilege_call__argument(const struct na_privilege_call *call,
							 int index)
{
	return na_syscall__argument(call->regs, call->compat, index);
}

#include "privilege_memory.bpf.h"
#include "privilege_bpf.bpf.h"

/* PTRACE_* of linux/ptrace.h and asm/ptrace-abi.h */
#define NA_PTRACE_TRACEME   0
#define NA_PTRACE_POKETEXT  4
#define NA_PTRACE_POKEDATA  5
#define NA_PTRACE_POKEUSR   6
#define NA_PTRACE_SETREGS   13
#define NA_PTRACE_SETFPREGS 15
#define NA_PTRACE_ATTACH    16
#define NA_PTRACE_SETREGSET 0x4205
#define NA_PTRACE_SEIZE	    0x4206

/* PR_* of linux/prctl.h */
#define NA_PR_SET_DUMPABLE     4
#define NA_PR_SET_NAME	       15
#define NA_PR_SET_MM	       35
#define NA_PR_SET_NO_NEW_PRIVS 38
#define NA_PR_SET_PTRACER      0x59616d61

#define NA_URING_PARAMS_FLAGS 8 /* offset of flags in struct io_uring_params */

static __always_inline bool na_ptrace__is_wanted(__u64 request)
{
	switch (request) {
	case NA_PTRACE_TRACEME:
	case NA_PTRACE_POKETEXT:
	case NA_PTRACE_POKEDATA:
	case NA_PTRACE_POKEUSR:
	case NA_PTRACE_SETREGS:
	case NA_PTRACE_SETFPREGS:
	case NA_PTRACE_ATTACH:
	case NA_PTRACE_SETREGSET:
	case NA_PTRACE_SEIZE:
		return true;
	default:
		return false;
	}
}

static __always_inline bool na_prctl__is_wanted(__u64 option)
{
	switch (option) {
	case NA_PR_SET_DUMPABLE:
	case NA_PR_SET_NAME:
	case NA_PR_SET_MM:
	case NA_PR_SET_NO_NEW_PRIVS:
	case NA_PR_SET_PTRACER:
		return true;
	default:
		return false;
	}
}

static __always_inline void na_privilege__fill_arguments(struct na_privilege *record,
							 const struct na_privilege_call *call)
{
	record->arguments[0] = na_privilege_call__argument(call, 0);
	record->arguments[1] = na_privilege_call__argument(call, 1);
	record->arguments[2] = na_privilege_call__argument(call, 2);
	record->arguments[3] = na_privilege_call__argument(call, 3);
}

/* TRACEME has no target: its parent is who traces from now on. */
static __always_inline void na_privilege__fill_ptrace(struct na_privilege_slot *slot,
						      const struct na_privilege_call *call)
{
	struct na_privilege *record = &slot->record;

	na_privilege__fill_arguments(record, call);
	if (record->arguments[0] == NA_PTRACE_TRACEME)
		na_privilege__target(record, call->task->real_parent);
	else
		na_privilege__target(record, na_pid__task(call->task, record->arguments[1]));
	slot->key.first = record->arguments[0];
	slot->key.second = record->arguments[1];
}

static __always_inline void na_privilege__fill_process_vm(struct na_privilege_slot *slot,
							  const struct na_privilege_call *call)
{
	struct na_privilege *record = &slot->record;

	record->arguments[0] = na_privilege_call__argument(call, 0);
	record->arguments[1] = call->result > 0 ? call->result : 0;
	na_privilege__target(record, na_pid__task(call->task, record->arguments[0]));
	slot->key.second = record->arguments[0];
}

/* Where the kernel tells the names of modules (tp_btf/module_load), by thread. */
struct na_module_name {
	char name[NA_MODULE_NAME_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct na_module_name);
} na_module_names SEC(".maps");

/* Gives the file that is to be the detail, if it is one. */
static __always_inline struct file *na_privilege__fill_module(struct na_privilege_slot *slot,
							      const struct na_privilege_call *call,
							      bool by_file)
{
	struct na_privilege *record = &slot->record;
	struct na_module_name *known;
	struct file *file = NULL;
	__u32 tid = call->task->pid;

	if (by_file) {
		file = na_task__open_file(call->task, (int)na_privilege_call__argument(call, 0));
		record->arguments[0] = na_privilege_call__argument(call, 2);
	} else {
		record->arguments[1] = na_privilege_call__argument(call, 1);
	}
	if (file) {
		struct inode *inode = NA_FIELD(file, f_inode);

		record->arguments[1] = NA_FIELD(inode, i_size);
		return file;
	}
	known = bpf_map_lookup_elem(&na_module_names, &tid);
	if (known)
		na_privilege__name_from_kernel(slot, known->name);
	return NULL;
}

/* The name is the kernel's: the dentry of the file that was made is called "memfd:NAME". */
static __always_inline void na_privilege__fill_memfd(struct na_privilege_slot *slot,
						     const struct na_privilege_call *call)
{
	struct file *file = na_task__open_file(call->task, call->result);

	slot->record.arguments[0] = na_privilege_call__argument(call, 1);
	if (file) {
		struct dentry *dentry = NA_FIELD(file, f_path.dentry);

		na_privilege__name_from_kernel(slot,
					       NA_FIELD(dentry, d_name.name) + NA_MEMFD_PREFIX);
	} else {
		na_privilege__name_from_user(slot, na_privilege_call__argument(call, 0));
	}
	slot->key.first = slot->record.arguments[0];
	slot->key.second = na_privilege__hash_detail(slot);
}

static __always_inline void na_privilege__fill_uring(struct na_privilege_slot *slot,
						     const struct na_privilege_call *call)
{
	struct file *file = na_task__open_file(call->task, call->result);
	__u64 params = na_privilege_call__argument(call, 1);
	__u32 flags = 0;

	if (file) {
		struct io_ring_ctx *ring = NA_FIELD(file, private_data);

		flags = BPF_CORE_READ(ring, flags);
	} else {
		bpf_probe_read_user(&flags, sizeof(flags),
				    (const void *)(params + NA_URING_PARAMS_FLAGS));
	}
	slot->record.arguments[0] = (__u32)na_privilege_call__argument(call, 0);
	slot->record.arguments[1] = flags;
	slot->key.first = flags;
}

/* A new name is taken from where the kernel put it. */
static __always_inline void na_privilege__fill_prctl(struct na_privilege_slot *slot,
						     const struct na_privilege_call *call)
{
	struct na_privilege *record = &slot->record;
	struct task_struct *task = call->task;

	record->arguments[0] = (__u32)na_privilege_call__argument(call, 0);
	slot->key.first = record->arguments[0];
	if (record->arguments[0] == NA_PR_SET_NAME) {
		na_privilege__set_detail(
			slot,
			bpf_probe_read_kernel_str(slot->detail, NA_COMM_SIZE,
						  __builtin_preserve_access_index(&task->comm[0])));
		slot->key.second = na_privilege__hash_detail(slot);
	} else {
		record->arguments[1] = na_privilege_call__argument(call, 1);
		slot->key.second = record->arguments[1];
	}
}

static __always_inline void na_privilege__fill_keyctl(struct na_privilege_slot *slot,
						      const struct na_privilege_call *call)
{
	na_privilege__fill_arguments(&slot->record, call);
	slot->record.arguments[0] = (__u32)slot->record.arguments[0];
	slot->key.first = slot->record.arguments[0];
}

static __always_inline struct file *na_privilege__fill_kexec(struct na_privilege_slot *slot,
							     const struct na_privilege_call *call,
							     bool by_file)
{
	slot->record.arguments[0] = na_privilege_call__argument(call, by_file ? 4 : 3);
	if (!by_file)
		return NULL;
	return na_task__open_file(call->task, (int)na_privilege_call__argument(call, 0));
}

#define NA_PRIVILEGE_NONE 0

/* What a call is, when it is worth a record: enum na_privilege_operation, else 0. Memory has a way
 * of its own. */
static __always_inline __u32 na_privilege_call__operation(const struct na_privilege_call *call,
							  enum na_call name)
{
	__u64 first = na_privilege_call__argument(call, 0);

	switch (name) {
	case NA_CALL_ptrace:
		return na_ptrace__is_wanted(first) ? NA_PRIVILEGE_PTRACE : NA_PRIVILEGE_NONE;
	case NA_CALL_process_vm_readv:
		return NA_PRIVILEGE_PROCESS_VM_READ;
	case NA_CALL_process_vm_writev:
		return NA_PRIVILEGE_PROCESS_VM_WRITE;
	case NA_CALL_init_module:
	case NA_CALL_finit_module:
		return NA_PRIVILEGE_MODULE_LOAD;
	case NA_CALL_delete_module:
		return NA_PRIVILEGE_MODULE_UNLOAD;
	case NA_CALL_kexec_load:
	case NA_CALL_kexec_file_load:
		return NA_PRIVILEGE_KEXEC;
	case NA_CALL_reboot:
		return NA_PRIVILEGE_REBOOT;
	case NA_CALL_bpf:
		return na_bpf__is_wanted(first) ? NA_PRIVILEGE_BPF : NA_PRIVILEGE_NONE;
	case NA_CALL_perf_event_open:
		return NA_PRIVILEGE_PERF_EVENT_OPEN;
	case NA_CALL_keyctl:
		return NA_PRIVILEGE_KEYCTL;
	case NA_CALL_userfaultfd:
		return NA_PRIVILEGE_USERFAULTFD;
	case NA_CALL_io_uring_setup:
		return NA_PRIVILEGE_IO_URING_SETUP;
	case NA_CALL_memfd_create:
		return NA_PRIVILEGE_MEMFD_CREATE;
	case NA_CALL_prctl:
		return na_prctl__is_wanted(first) ? NA_PRIVILEGE_PRCTL : NA_PRIVILEGE_NONE;
	default:
		return NA_PRIVILEGE_NONE;
	}
}

/* Gives the file whose path is to be the detail; the others put their detail there themselves. */
static __always_inline struct file *na_privilege_call__fill(struct na_privilege_slot *slot,
							    const struct na_privilege_call *call,
							    enum na_call name)
{
	switch (name) {
	case NA_CALL_ptrace:
		na_privilege__fill_ptrace(slot, call);
		break;
	case NA_CALL_process_vm_readv:
	case NA_CALL_process_vm_writev:
		na_privilege__fill_process_vm(slot, call);
		break;
	case NA_CALL_init_module:
	case NA_CALL_finit_module:
		return na_privilege__fill_module(slot, call, name == NA_CALL_finit_module);
	case NA_CALL_delete_module:
		slot->record.arguments[0] = (__u32)na_privilege_call__argument(call, 1);
		na_privilege__name_from_user(slot, na_privilege_call__argument(call, 0));
		break;
	case NA_CALL_kexec_load:
	case NA_CALL_kexec_file_load:
		return na_privilege__fill_kexec(slot, call, name == NA_CALL_kexec_file_load);
	case NA_CALL_reboot:
		slot->record.arguments[0] = (__u32)na_privilege_call__argument(call, 2);
		break;
	case NA_CALL_bpf:
		na_privilege__fill_bpf(slot, call);
		break;
	case NA_CALL_perf_event_open:
		na_privilege__fill_perf(slot, call);
		break;
	case NA_CALL_keyctl:
		na_privilege__fill_keyctl(slot, call);
		break;
	case NA_CALL_userfaultfd:
		slot->record.arguments[0] = (__u32)na_privilege_call__argument(call, 0);
		slot->key.first = slot->record.arguments[0];
		break;
	case NA_CALL_io_uring_setup:
		na_privilege__fill_uring(slot, call);
		break;
	case NA_CALL_memfd_create:
		na_privilege__fill_memfd(slot, call);
		break;
	case NA_CALL_prctl:
		na_privilege__fill_prctl(slot, call);
		break;
	default:
		break;
	}
	return NULL;
}

static __always_inline struct na_privilege_slot *
na_privilege_call__plain(const struct na_privilege_call *call, enum na_call name,
			 struct file **file)
{
	__u32 operation = na_privilege_call__operation(call, name);
	struct na_privilege_slot *slot;

	if (!operation)
		return NULL;
	slot = na_privilege__begin(call->task, operation);
	if (!slot)
		return NULL;
	slot->record.error = call->result < 0 ? -call->result : 0;
	*file = na_privilege_call__fill(slot, call, name);
	return slot;
}

/* All variants end here. name is a constant where a program serves one call: the rest of this goes.
 */
static __always_inline int na_privilege_call__ended(const struct na_privilege_call *call,
						    enum na_call name, bool with_area)
{
	struct na_privilege_slot *slot;
	struct file *file = NULL;
	bool memory = name == NA_CALL_mmap || name == NA_CALL_mmap2 || name == NA_CALL_mprotect ||
		      name == NA_CALL_pkey_mprotect;

	/* The most frequent ones first: ordinary memory. */
	if (memory && (!(na_privilege_call__argument(call, 2) & NA_PROT_EXEC) ||
		       (__u64)call->result >= (__u64)-NA_ERRNO_MAX))
		return 0;
	if (na_task__is_agent(call->task))
		return 0;
	if (name == NA_CALL_mmap || name == NA_CALL_mmap2)
		slot = na_memory__mapped(call, &file);
	else if (memory)
		slot = na_memory__protected(call, with_area, &file);
	else
		slot = na_privilege_call__plain(call, name, &file);
	if (slot)
		na_privilege__finish(slot, call->task, file);
	return 0;
}

#endif /* NA_PRIVILEGE_CALL_BPF_H */
