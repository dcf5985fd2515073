/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system calls that open files: their numbers and arguments, in every calling convention of the
 * kernel. */
#ifndef NA_OPEN_CALL_BPF_H
#define NA_OPEN_CALL_BPF_H

struct na_open_call {
	const char *path; /* in user space; NULL where the call has none */
	__u32 flags;	  /* O_* */
	__u32 padding;
};

#define NA_O_CREAT_WRITE_TRUNC                                                                     \
	01101 /* what creat(2) means; O_WRONLY, O_CREAT, O_TRUNC in asm-generic too */

enum na_open_shape {
	NA_OPEN_SHAPE_NONE,
	NA_OPEN_SHAPE_OPEN,	 /* path, flags */
	NA_OPEN_SHAPE_CREAT,	 /* path */
	NA_OPEN_SHAPE_OPENAT,	 /* dirfd, path, flags */
	NA_OPEN_SHAPE_OPENAT2,	 /* dirfd, path, struct open_how: first member u64 flags */
	NA_OPEN_SHAPE_BY_HANDLE, /* mount fd, handle, flags */
};

#if defined(__TARGET_ARCH_x86)

#define NA_TS_COMPAT 2		/* TS_COMPAT: int 0x80 or a 32-bit process */
#define NA_X32_BIT   0x40000000 /* __X32_SYSCALL_BIT: same numbers below 512 */

static __always_inline enum na_open_shape na_open_shape__native(__u64 number)
{
	switch (number) {
	case 2:
		return NA_OPEN_SHAPE_OPEN;
	case 85:
		return NA_OPEN_SHAPE_CREAT;
	case 257:
		return NA_OPEN_SHAPE_OPENAT;
	case 304:
		return NA_OPEN_SHAPE_BY_HANDLE;
	case 437:
		return NA_OPEN_SHAPE_OPENAT2;
	default:
		return NA_OPEN_SHAPE_NONE;
	}
}

static __always_inline enum na_open_shape na_open_shape__compat(__u64 number)
{
	switch (number) {
	case 5:
		return NA_OPEN_SHAPE_OPEN;
	case 8:
		return NA_OPEN_SHAPE_CREAT;
	case 295:
		return NA_OPEN_SHAPE_OPENAT;
	case 342:
		return NA_OPEN_SHAPE_BY_HANDLE;
	case 437:
		return NA_OPEN_SHAPE_OPENAT2;
	default:
		return NA_OPEN_SHAPE_NONE;
	}
}

static __always_inline __u64 na_open_call__number(struct pt_regs *regs)
{
	return regs->orig_ax & ~(__u64)NA_X32_BIT;
}

static __always_inline bool na_open_call__is_compat(struct task_struct *task)
{
	return task->thread_info.status & NA_TS_COMPAT;
}

static __always_inline __u64 na_open_call__argument(struct pt_regs *regs, bool compat, int index)
{
	if (index == 0)
		return compat ? (__u32)regs->bx : regs->di;
	if (index == 1)
		return compat ? (__u32)regs->cx : regs->si;
	return compat ? (__u32)regs->dx : regs->dx;
}

#elif defined(__TARGET_ARCH_arm64)

#define NA_TIF_32BIT 22 /* TIF_32BIT */

static __always_inline enum na_open_shape na_open_shape__native(__u64 number)
{
	switch (number) {
	case 56:
		return NA_OPEN_SHAPE_OPENAT;
	case 265:
		return NA_OPEN_SHAPE_BY_HANDLE;
	case 437:
		return NA_OPEN_SHAPE_OPENAT2;
	default:
		return NA_OPEN_SHAPE_NONE;
	}
}

static __always_inline enum na_open_shape na_open_shape__compat(__u64 number)
{
	switch (number) {
	case 5:
		return NA_OPEN_SHAPE_OPEN;
	case 8:
		return NA_OPEN_SHAPE_CREAT;
	case 322:
		return NA_OPEN_SHAPE_OPENAT;
	case 371:
		return NA_OPEN_SHAPE_BY_HANDLE;
	case 437:
		return NA_OPEN_SHAPE_OPENAT2;
	default:
		return NA_OPEN_SHAPE_NONE;
	}
}

static __always_inline __u64 na_open_call__number(struct pt_regs *regs)
{
	return (__u32)regs->syscallno;
}

static __always_inline bool na_open_call__is_compat(struct task_struct *task)
{
	return task->thread_info.flags >> NA_TIF_32BIT & 1;
}

static __always_inline __u64 na_open_call__argument(struct pt_regs *regs, bool compat, int index)
{
	__u64 value = index == 0 ? regs->orig_x0 : regs->regs[index];

	return compat ? (__u32)value : value;
}

#endif

/* Without looking at the task: also true for calls that have such a number in the other convention
 * only. */
static __always_inline bool na_open_call__is(struct pt_regs *regs)
{
	__u64 number = na_open_call__number(regs);

	return na_open_shape__native(number) || na_open_shape__compat(number);
}

/* False when it is no opening call after all. */
static __always_inline bool na_open_call__decode(struct na_open_call *call, struct pt_regs *regs,
						 struct task_struct *task)
{
	__u64 number = na_open_call__number(regs);
	bool compat = na_open_call__is_compat(task);
	enum na_open_shape shape =
		compat ? na_open_shape__compat(number) : na_open_shape__native(number);
	__u64 second = na_open_call__argument(regs, compat, 1);
	__u64 third = na_open_call__argument(regs, compat, 2);
	__u64 how = 0;

	call->path = (const char *)second;
	call->flags = third;
	call->padding = 0;
	switch (shape) {
	case NA_OPEN_SHAPE_OPENAT:
		return true;
	case NA_OPEN_SHAPE_OPEN:
		call->path = (const char *)na_open_call__argument(regs, compat, 0);
		call->flags = second;
		return true;
	case NA_OPEN_SHAPE_CREAT:
		call->path = (const char *)na_open_call__argument(regs, compat, 0);
		call->flags = NA_O_CREAT_WRITE_TRUNC;
		return true;
	case NA_OPEN_SHAPE_OPENAT2:
		bpf_probe_read_user(&how, sizeof(how), (const void *)third);
		call->flags = how;
		return true;
	case NA_OPEN_SHAPE_BY_HANDLE:
		call->path = NULL;
		return true;
	default:
		return false;
	}
}

#endif /* NA_OPEN_CALL_BPF_H */
