/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opened files. The path comes from the struct file, never from the caller's memory, which another
 * thread may change meanwhile; where the caller's string says something else, it is kept beside it.
 *
 * Two ways: at the end of the kernel functions that open (fentry), or of the system call and of the
 * io_uring request (tracepoint).
 */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "buffer.bpf.h"
#include "task.bpf.h"
#include "path.bpf.h"
#include "inode.bpf.h"
#include "caller.bpf.h"
#include "open.bpf.h"
#include "open_call.bpf.h"
#include "descriptor.bpf.h"
#include "uring.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

#define NA_FMODE_EXEC                                                                              \
	0x20 /* __FMODE_EXEC of linux/fs.h: opened by execve, which has its own event */
#define NA_O_PATH     010000000 /* O_PATH of asm-generic */
#define NA_O_CREATE   0100	/* O_CREAT of asm-generic */
#define NA_O_NONBLOCK 04000	/* O_NONBLOCK of asm-generic */
#define NA_O_CLOEXEC  02000000	/* O_CLOEXEC of asm-generic */
#define NA_EAGAIN     11

/* O_LARGEFILE, which the kernel adds to what 64-bit callers ask for. */
#if defined(__TARGET_ARCH_x86)
#define NA_O_LARGEFILE 0100000
#else
#define NA_O_LARGEFILE 0400000
#endif

/*
 * The flags that the kernel opens with have lost some of the caller's and gained some of its own.
 * The caller's are in its registers; those say nothing when the open comes from a request of
 * io_uring that the kernel works off at the end of another system call.
 */
static __always_inline __u32 na_open_flags__of_caller(__u32 kernel, __u32 caller)
{
	__u32 decide = NA_O_PATH;

	if (!(kernel & NA_O_PATH))
		decide |= NA_O_ACCESS | NA_O_CREATE | NA_O_TRUNCATE;
	return (kernel ^ caller) & decide ? kernel & ~NA_O_LARGEFILE : caller;
}

/* False for what no process asked for. */
static __always_inline bool na_opened__fill(struct na_opened *opened, struct task_struct *task,
					    __u32 flags)
{
	struct na_open_call call = {};
	struct pt_regs *regs;
	bool worker = task->flags & NA_PF_IO_WORKER;
	bool uring = worker;

	if (flags & NA_FMODE_EXEC || (task->flags & NA_PF_KTHREAD && !worker))
		return false;
	opened->flags = flags & ~NA_O_LARGEFILE;
	/* Since 5.15. */
	if (!worker && bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)) {
		regs = na_task__current_registers();
		if (na_open_call__is(regs) && na_open_call__decode(&call, regs, task))
			opened->flags = na_open_flags__of_caller(flags, call.flags);
		else if (bpf_core_field_exists(task->io_uring))
			uring = task->io_uring;
	}
	if (uring) {
		/* O_NONBLOCK is also what the kernel adds for its first try. */
		opened->flags &= ~NA_O_NONBLOCK;
		opened->open_flags = NA_OPEN_IO_URING;
	}
	return true;
}

/* Since 5.5; the copy of the name is there until the caller of this function drops it. Misses what
 * fails before: strings that cannot be read, no free descriptor. */
SEC("fexit/do_filp_open")
int BPF_PROG(na_open_name, int directory, struct filename *name, const struct open_flags *how,
	     struct file *file)
{
	struct task_struct *task = na_task__current();
	struct na_opened opened = {};
	long result = (long)file;

	if (!na_opened__fill(&opened, task, how->open_flag) || na_task__is_agent(task))
		return 0;
	opened.caller = name->name;
	opened.caller_is_copy = true;
	if (result < 0 && result >= -NA_ERRNO_MAX) {
		opened.error = -result;
		/* The first try, which must not wait; a worker does it again. */
		if (opened.error == NA_EAGAIN && opened.open_flags & NA_OPEN_IO_URING)
			return 0;
		file = NULL;
	}
	na_open__report(&opened, task, file, true);
	return 0;
}

/* Since 5.5. */
SEC("fexit/do_handle_open")
int BPF_PROG(na_open_handle, int mount, void *handle, int flags, long result)
{
	struct task_struct *task = na_task__current();
	struct na_opened opened = {.flags = flags & ~NA_O_LARGEFILE};
	struct file *file = NULL;

	if (na_task__is_agent(task))
		return 0;
	if (result >= 0)
		file = na_task__file(task, result);
	else
		opened.error = -result;
	/* What the compiler makes of a constant takes more stack than 6.1 and 6.12 grant. */
	NA_HIDE(opened.caller);
	na_open__report(&opened, task, file ? NA_CAST(struct file, file) : NULL, true);
	return 0;
}

/*
 * Since 5.11 (bpf_get_current_task_btf). Every system call of the machine passes here and through
 * the kernel's slow path, so a number that is not ours ends after one look into a table.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(na_file_open, struct pt_regs *regs, long result)
{
	struct na_opened opened = {};
	struct na_open_call call;
	struct task_struct *task;
	struct file *file = NULL;

	if (!na_open_call__is(regs))
		return 0;
	task = na_task__current();
	if (!na_open_call__decode(&call, regs, task) || na_task__is_agent(task))
		return 0;
	opened.caller = call.path;
	opened.flags = call.flags;
	if (result >= 0)
		file = na_task__file(task, result);
	else
		opened.error = -result;
	na_open__report(&opened, task, file ? NA_CAST(struct file, file) : NULL, false);
	return 0;
}

/* What is known of a request when it is submitted and gone when it is done. */
struct na_uring_open {
	const char *caller;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_URING_REQUESTS);
	__type(key, __u64);
	__type(value, struct na_uring_open);
} na_uring_opens SEC(".maps");

static __always_inline void na_uring_open__fill(struct na_opened *opened, struct io_open *open)
{
	__u64 flags = NA_FIELD(open, how.flags);

	opened->flags = flags & ~NA_O_LARGEFILE;
	opened->open_flags = NA_OPEN_IO_URING;
}

static __always_inline int na_uring_open__submit(struct io_kiocb *request)
{
	struct task_struct *task = na_task__current();
	struct na_uring_open kept = {};
	struct na_opened opened = {};
	__u64 key = (__u64)request;
	struct filename *name;
	struct io_open *open;

	if (request->opcode != NA_IORING_OP_OPENAT && request->opcode != NA_IORING_OP_OPENAT2)
		return 0;
	if (na_task__is_agent(task))
		return 0;
	open = NA_CAST(struct io_open, request);
	name = NA_CAST(struct filename, NA_FIELD(open, filename));
	if (request->flags & NA_REQ_F_CQE_SKIP) {
		/* A success will be silent: the name in the kernel is all that there will be. */
		na_uring_open__fill(&opened, open);
		opened.caller = NA_FIELD(name, name);
		opened.caller_is_copy = true;
		na_open__report(&opened, task, NULL, false);
		return 0;
	}
	kept.caller = NA_FIELD(name, uptr);
	bpf_map_update_elem(&na_uring_opens, &key, &kept, BPF_ANY);
	return 0;
}

/* Since 6.3. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(na_uring_submit, struct io_kiocb *request)
{
	return na_uring_open__submit(request);
}

/* 6.0 to 6.2. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(na_uring_sqe, struct io_kiocb *request)
{
	return na_uring_open__submit(request);
}

/* In the submitter, or in a thread of the same process that works for it. */
SEC("tp_btf/io_uring_complete")
int na_uring_done(__u64 *ctx)
{
	struct io_kiocb *request = NA_CAST(struct io_kiocb, (void *)ctx[1]);
	struct task_struct *task = na_task__current();
	__u8 opcode = NA_FIELD(request, opcode);
	long result = na_uring__result(ctx);
	struct na_uring_open *kept;
	struct na_opened opened = {};
	__u64 key = (__u64)request;
	struct file *file = NULL;
	struct io_open *open;

	if (opcode != NA_IORING_OP_OPENAT && opcode != NA_IORING_OP_OPENAT2)
		return 0;
	kept = bpf_map_lookup_elem(&na_uring_opens, &key);
	if (!kept)
		return 0;
	opened.caller = kept->caller;
	bpf_map_delete_elem(&na_uring_opens, &key);
	open = NA_CAST(struct io_open, request);
	na_uring_open__fill(&opened, open);
	if (result >= 0)
		file = na_uring__file(task, request, NA_FIELD(open, file_slot), result);
	else
		opened.error = -result;
	na_open__report(&opened, task, file ? NA_CAST(struct file, file) : NULL, false);
	return 0;
}
