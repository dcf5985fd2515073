/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Signals that leave their container or go to the agent, and kills by the OOM killer. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "current_call.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_SIGKILL	 9
#define NA_SEND_SIG_PRIV 1 /* SEND_SIG_PRIV of linux/signal.h, in place of a siginfo */
#define NA_EAGAIN	 11

/* si_code of asm-generic/siginfo.h: what the kernel uses of the range that is free for callers. */
#define NA_SI_TIMER   -2
#define NA_SI_MESGQ   -3
#define NA_SI_ASYNCIO -4
#define NA_SI_SIGIO   -5
#define NA_SI_ASYNCNL -60

/* TRACE_SIGNAL_* of trace/events/signal.h */
#define NA_TRACE_SIGNAL_OVERFLOW_FAIL 3

/* The last process of each CPU that the kernel killed: before 6.9 mark_victim names the victim by
 * its tid only, right after it was sent its signal. */
struct na_killed {
	struct na_header header;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct na_killed);
} na_killed SEC(".maps");

/* Timers and the like fire in whatever task runs, and have codes that a caller may use as well:
 * they count as sent when the task is in a call that sends codes of its own. */
static __always_inline bool na_signal__is_forged(void)
{
	struct task_struct *task = na_task__current();
	struct pt_regs *regs = na_task__registers();

	if (!regs)
		return false;
	switch (na_syscall__call(regs, task)) {
	case NA_CALL_rt_sigqueueinfo:
	case NA_CALL_rt_tgsigqueueinfo:
	case NA_CALL_pidfd_send_signal:
		return true;
	default:
		return false;
	}
}

/* info is read with a helper only: 6.12 takes it for a number. */
static __always_inline bool na_signal__is_sent(struct kernel_siginfo *info)
{
	int code = 1;

	/* 0 and 1 stand for a siginfo that the kernel makes up. */
	if ((__u64)info <= NA_SEND_SIG_PRIV)
		return false;
	bpf_core_read(&code, sizeof(code), &info->si_code);
	switch (code) {
	case NA_SI_TIMER:
	case NA_SI_MESGQ:
	case NA_SI_ASYNCIO:
	case NA_SI_SIGIO:
	case NA_SI_ASYNCNL:
		return na_signal__is_forged();
	default:
		return code <= 0;
	}
}

static __always_inline void na_signal__target(struct na_signal *record, struct task_struct *target)
{
	record->target_start_time_ns = target->group_leader->start_boottime;
	record->target_cgroup_id = na_task__cgroup_id(target);
	record->target_pid = target->tgid;
	na_task__copy_comm(record->target_comm, target);
}

/* Since 2.6. After the check of rights: a signal that was not permitted does not come here. */
SEC("tp_btf/signal_generate")
int BPF_PROG(na_signal_sent, int signal, struct kernel_siginfo *info, struct task_struct *target,
	     int group, int result)
{
	struct task_struct *sender = na_task__current();
	struct na_signal record = {};
	__u32 zero = 0;

	target = NA_TASK(target);
	if (signal == NA_SIGKILL && (__u64)info == NA_SEND_SIG_PRIV &&
	    !bpf_core_type_matches(btf_trace_mark_victim)) {
		struct na_killed *killed = bpf_map_lookup_elem(&na_killed, &zero);

		if (killed)
			na_header__fill(&killed->header, target, NA_KIND_SIGNAL);
		return 0;
	}
	if (sender->tgid == target->tgid || na_task__is_agent(sender))
		return 0;
	if (na_task__cgroup_id(sender) == na_task__cgroup_id(target) && !na_task__is_agent(target))
		return 0;
	if (!na_signal__is_sent(info))
		return 0;
	na_header__fill(&record.header, sender, NA_KIND_SIGNAL);
	na_signal__target(&record, target);
	record.signal = signal;
	record.operation = NA_SIGNAL_SENT;
	record.error = result == NA_TRACE_SIGNAL_OVERFLOW_FAIL ? NA_EAGAIN : 0;
	na_ring__output(&na_ring_process, &record, sizeof(record), &record.header);
	return 0;
}

static __always_inline void na_oom__fill(struct na_signal *record, struct task_struct *victim)
{
	na_header__fill(&record->header, victim, NA_KIND_SIGNAL);
	na_signal__target(record, victim);
}

static __always_inline void na_oom__fill_tid(struct na_signal *record, __u32 tid)
{
	__u32 zero = 0;
	struct na_killed *killed = bpf_map_lookup_elem(&na_killed, &zero);

	if (killed && killed->header.tid == tid) {
		record->header = killed->header;
		record->target_start_time_ns = record->header.start_time_ns;
		record->target_cgroup_id = record->header.cgroup_id;
		record->target_pid = record->header.pid;
		__builtin_memcpy(record->target_comm, record->header.comm, NA_COMM_SIZE);
	} else {
		record->header.kind = NA_KIND_SIGNAL;
		record->header.pid = tid;
		record->header.tid = tid;
		record->target_pid = tid;
	}
	record->header.time_ns = bpf_ktime_get_boot_ns();
}

/* Since 4.14. The victim is dying, not the current task. */
SEC("tp_btf/mark_victim")
int na_oom_kill(__u64 *ctx)
{
	struct na_signal record = {};

	if (bpf_core_type_matches(btf_trace_mark_victim))
		na_oom__fill(&record, (struct task_struct *)ctx[0]);
	else
		na_oom__fill_tid(&record, ctx[0]);
	record.signal = NA_SIGKILL;
	record.operation = NA_SIGNAL_OOM_KILL;
	na_ring__output(&na_ring_process, &record, sizeof(record), &record.header);
	return 0;
}
