/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls that reach into other processes, into the kernel, or turn data into code; all at their end,
 * with the result.
 *
 * Variant fexit hooks the functions of those calls, so that no other call pays. Variant tracepoint
 * hooks the end of all calls and looks the number up in one table. Both then run the same code.
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "privilege_call.bpf.h"
#include "randomx.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

static __always_inline int na_privilege__sys_exit(struct pt_regs *regs, bool with_area)
{
	struct na_privilege_call call = {.regs = regs};
	__u32 number = na_syscall__number(regs);

	if (!na_syscall__may_be(number, NA_CALL_ptrace, NA_CALL_prctl))
		return 0;
	call.task = na_task__current();
	call.compat = na_syscall__is_compat(call.task);
	call.result = na_syscall__result(regs, call.compat);
	return na_privilege_call__ended(&call, na_syscall__of(number, call.compat), with_area);
}

/* Both since 4.17; the first asks for areas of memory with a helper of 5.17. */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_pv_exit, struct pt_regs *regs, long result)
{
	return na_privilege__sys_exit(regs, true);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(na_pv_exit_old, struct pt_regs *regs, long result)
{
	return na_privilege__sys_exit(regs, false);
}

#if defined(__TARGET_ARCH_x86)
#define NA_CALL_PREFIX "__x64_sys_"
#elif defined(__TARGET_ARCH_arm64)
#define NA_CALL_PREFIX "__arm64_sys_"
#endif

/* The functions of the calls, since 4.17 (arm64: 4.19): all arguments are in the registers. */
#define NA_FEXIT(program, function, call_name, is_compat)                                          \
	SEC("fexit/" function)                                                                     \
	int BPF_PROG(program, struct pt_regs *regs, long result)                                   \
	{                                                                                          \
		struct na_privilege_call call = {.regs = regs,                                     \
						 .task = na_task__current(),                       \
						 .result = result,                                 \
						 .compat = is_compat};                             \
		return na_privilege_call__ended(&call, NA_CALL_##call_name, true);                 \
	}
#define NA_FEXIT_CALL(program, name) NA_FEXIT(program, NA_CALL_PREFIX #name, name, false)

NA_FEXIT_CALL(na_fx_ptrace, ptrace)
NA_FEXIT_CALL(na_fx_vm_read, process_vm_readv)
NA_FEXIT_CALL(na_fx_vm_write, process_vm_writev)
NA_FEXIT_CALL(na_fx_init_mod, init_module)
NA_FEXIT_CALL(na_fx_finit_mod, finit_module)
NA_FEXIT_CALL(na_fx_del_mod, delete_module)
NA_FEXIT_CALL(na_fx_kexec, kexec_load)
NA_FEXIT_CALL(na_fx_kexec_fil, kexec_file_load)
NA_FEXIT_CALL(na_fx_bpf, bpf)
NA_FEXIT_CALL(na_fx_perf, perf_event_open)
NA_FEXIT_CALL(na_fx_keyctl, keyctl)
NA_FEXIT_CALL(na_fx_uffd, userfaultfd)
NA_FEXIT_CALL(na_fx_uring, io_uring_setup)
NA_FEXIT_CALL(na_fx_memfd, memfd_create)
NA_FEXIT_CALL(na_fx_mmap, mmap)
NA_FEXIT_CALL(na_fx_mprotect, mprotect)
NA_FEXIT_CALL(na_fx_pkey, pkey_mprotect)
NA_FEXIT_CALL(na_fx_prctl, prctl)

/* Before: the call may not come back. */
SEC("fentry/" NA_CALL_PREFIX "reboot")
int BPF_PROG(na_fe_reboot, struct pt_regs *regs)
{
	struct na_privilege_call call = {.regs = regs, .task = na_task__current()};

	return na_privilege_call__ended(&call, NA_CALL_reboot, true);
}

/* 32-bit calls have functions of their own on x86; arm64 shares most. */
#if defined(__TARGET_ARCH_x86)
NA_FEXIT(na_fx32_ptrace, "__ia32_compat_sys_ptrace", ptrace, true)
NA_FEXIT(na_fx32_vm_read, "__ia32_sys_process_vm_readv", process_vm_readv, true)
NA_FEXIT(na_fx32_vm_writ, "__ia32_sys_process_vm_writev", process_vm_writev, true)
NA_FEXIT(na_fx32_init_mo, "__ia32_sys_init_module", init_module, true)
NA_FEXIT(na_fx32_finit_m, "__ia32_sys_finit_module", finit_module, true)
NA_FEXIT(na_fx32_del_mod, "__ia32_sys_delete_module", delete_module, true)
NA_FEXIT(na_fx32_bpf, "__ia32_sys_bpf", bpf, true)
NA_FEXIT(na_fx32_perf, "__ia32_sys_perf_event_open", perf_event_open, true)
NA_FEXIT(na_fx32_keyctl, "__ia32_compat_sys_keyctl", keyctl, true)
NA_FEXIT(na_fx32_uffd, "__ia32_sys_userfaultfd", userfaultfd, true)
NA_FEXIT(na_fx32_uring, "__ia32_sys_io_uring_setup", io_uring_setup, true)
NA_FEXIT(na_fx32_memfd, "__ia32_sys_memfd_create", memfd_create, true)
NA_FEXIT(na_fx32_mmap, "__ia32_sys_mmap_pgoff", mmap2, true)
NA_FEXIT(na_fx32_mprot, "__ia32_sys_mprotect", mprotect, true)
NA_FEXIT(na_fx32_prctl, "__ia32_sys_prctl", prctl, true)
#endif

/* What follows serves both variants, where the kernel has the hook. */

/* Since 2.6.28, where modules can be loaded. Runs in the loading thread, during the call. */
SEC("tp_btf/module_load")
int BPF_PROG(na_pv_module, struct module *module)
{
	__u32 tid = na_task__current()->pid;
	struct na_module_name known = {};

	bpf_probe_read_kernel(known.name, sizeof(known.name), &module->name);
	bpf_map_update_elem(&na_module_names, &tid, &known, BPF_ANY);
	return 0;
}

static __always_inline int na_uring__submitted(struct io_kiocb *request)
{
	struct task_struct *task = na_task__current();
	struct na_privilege_slot *slot;

	if (na_task__is_agent(task))
		return 0;
	slot = na_privilege__begin(task, NA_PRIVILEGE_IO_URING_SUBMIT);
	if (!slot)
		return 0;
	slot->record.arguments[0] = request->opcode;
	slot->key.first = slot->record.arguments[0];
	na_privilege__finish(slot, task, NULL);
	return 0;
}

/* Since 6.4. With SQPOLL it is the kernel's thread of the process that submits. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(na_pv_uring, struct io_kiocb *request)
{
	return na_uring__submitted(request);
}

/* 6.0 to 6.3. Before, it had other arguments in each release. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(na_pv_uring_sqe, struct io_kiocb *request)
{
	return na_uring__submitted(request);
}

#define NA_SIGSYS	       31
#define NA_SYS_SECCOMP	       1	  /* si_code */
#define NA_SA_IMMUTABLE	       0x00800000 /* set by the kernel alone: nobody handles this one */
#define NA_RET_KILL_PROCESS    0x80000000 /* SECCOMP_RET_* of linux/seccomp.h */
#define NA_RET_TRAP	       0x00030000
#define NA_SIGINFO_CALL_NUMBER 8 /* offset of si_syscall in si_fields: behind the address */

/*
 * seccomp ends a process or sends it SIGSYS: since 5.16 both are signals here, before only the
 * second. A call that a filter answers with an errno makes no signal: hooking the filter itself
 * would charge each call of each container.
 */
SEC("tp_btf/signal_generate")
int BPF_PROG(na_pv_seccomp, int number, struct kernel_siginfo *info, struct task_struct *task)
{
	const void *fields =
		(const void *)info + 16; /* _sifields: 8-byte aligned after three ints */
	struct na_privilege_slot *slot;
	__u64 flags;
	int code = 0;
	int called = 0;

	if (number != NA_SIGSYS || (__u64)info <= 1) /* SEND_SIG_NOINFO, SEND_SIG_PRIV */
		return 0;
	bpf_probe_read_kernel(&code, sizeof(code), &info->si_code);
	if (code != NA_SYS_SECCOMP)
		return 0;
	bpf_probe_read_kernel(&called, sizeof(called), fields + NA_SIGINFO_CALL_NUMBER);
	slot = na_privilege__begin(task, NA_PRIVILEGE_SECCOMP);
	if (!slot)
		return 0;
	flags = BPF_CORE_READ(task, sighand, action[NA_SIGSYS - 1].sa.sa_flags);
	slot->record.arguments[0] = flags & NA_SA_IMMUTABLE ? NA_RET_KILL_PROCESS : NA_RET_TRAP;
	slot->record.arguments[1] = (__u32)called;
	slot->record.arguments[2] = NA_SIGSYS;
	slot->key.first = slot->record.arguments[0];
	slot->key.second = slot->record.arguments[1];
	na_privilege__finish(slot, task, NULL);
	return 0;
}

/* Actions that seccomp logs (SECCOMP_RET_LOG, errno with SECCOMP_FILTER_FLAG_LOG, a killed thread);
 * only while the kernel audits. */
SEC("fentry/audit_seccomp")
int BPF_PROG(na_fe_audit, unsigned long called, long signal, int action)
{
	struct task_struct *task = na_task__current();
	struct na_privilege_slot *slot = na_privilege__begin(task, NA_PRIVILEGE_SECCOMP);

	if (!slot)
		return 0;
	slot->record.arguments[0] = (__u32)action;
	slot->record.arguments[1] = called;
	slot->record.arguments[2] = signal;
	slot->key.first = slot->record.arguments[0];
	slot->key.second = called;
	na_privilege__finish(slot, task, NULL);
	return 0;
}

#if defined(__TARGET_ARCH_x86)
/* Since 4.7: each time that a task is switched away from, with its registers saved. */
SEC("tp_btf/x86_fpu_regs_deactivated")
int BPF_PROG(na_pv_randomx, struct fpu *fpu)
{
	__u32 mxcsr = na_fpu__mxcsr(fpu);
	struct na_randomx_state found = {};
	struct na_privilege_slot *slot;
	struct task_struct *task;

	/* Nearest is what everybody uses: nearly all ends here. */
	if (!(mxcsr & NA_MXCSR_ROUNDING) || (mxcsr & NA_MXCSR_BASE) != NA_MXCSR_BASE)
		return 0;
	task = na_task__current();
	if (!na_randomx__add(task, (mxcsr & NA_MXCSR_ROUNDING) >> NA_MXCSR_SHIFT, &found))
		return 0;
	slot = na_privilege__begin(task, NA_PRIVILEGE_RANDOMX);
	if (!slot)
		return 0;
	slot->record.arguments[0] = mxcsr;
	slot->record.arguments[1] = found.samples;
	slot->record.arguments[2] = found.modes;
	slot->record.arguments[3] = bpf_ktime_get_boot_ns() - found.from_ns;
	na_privilege__finish(slot, task, NULL);
	return 0;
}
#endif
