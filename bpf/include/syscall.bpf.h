/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System calls by name, in every calling convention of the kernel: their numbers, their arguments
 * and their result. The numbers are compared with the kernel's own headers by a test.
 */
#ifndef NA_SYSCALL_BPF_H
#define NA_SYSCALL_BPF_H

#include "core_fixes.bpf.h"
#include "kernel.h"

#define NA_SYSCALL_SLOTS 560 /* numbers below this are looked up; x32 ends at 547 */
#define _NA		 (NA_SYSCALL_SLOTS - 1) /* the convention has no such call */

/* clang-format off */
/* X(name, x86-64, i386, arm64, arm). Grouped: a probe can ask for all calls from one to another. */
#define NA_SYSCALLS(X) \
	/* opening a file */ \
	X(open, 2, 5, _NA, 5) \
	X(openat, 257, 295, 56, 322) \
	X(openat2, 437, 437, 437, 437) \
	X(creat, 85, 8, _NA, 8) \
	X(open_by_handle_at, 304, 342, 265, 371) \
	/* names of files */ \
	X(rename, 82, 38, _NA, 38) \
	X(renameat, 264, 302, 38, 329) \
	X(renameat2, 316, 353, 276, 382) \
	X(unlink, 87, 10, _NA, 10) \
	X(unlinkat, 263, 301, 35, 328) \
	X(rmdir, 84, 40, _NA, 40) \
	X(mkdir, 83, 39, _NA, 39) \
	X(mkdirat, 258, 296, 34, 323) \
	X(mknod, 133, 14, _NA, 14) \
	X(mknodat, 259, 297, 33, 324) \
	X(link, 86, 9, _NA, 9) \
	X(linkat, 265, 303, 37, 330) \
	X(symlink, 88, 83, _NA, 83) \
	X(symlinkat, 266, 304, 36, 331) \
	/* attributes and sizes of files */ \
	X(chmod, 90, 15, _NA, 15) \
	X(fchmod, 91, 94, 52, 94) \
	X(fchmodat, 268, 306, 53, 333) \
	X(fchmodat2, 452, 452, 452, 452) \
	X(chown, 92, 182, _NA, 182) \
	X(lchown, 94, 16, _NA, 16) \
	X(fchown, 93, 95, 55, 95) \
	X(fchownat, 260, 298, 54, 325) \
	X(truncate, 76, 92, 45, 92) \
	X(ftruncate, 77, 93, 46, 93) \
	X(fallocate, 285, 324, 47, 352) \
	X(file_setattr, 469, 469, 469, 469) \
	/* extended attributes */ \
	X(setxattr, 188, 226, 5, 226) \
	X(lsetxattr, 189, 227, 6, 227) \
	X(fsetxattr, 190, 228, 7, 228) \
	X(setxattrat, 463, 463, 463, 463) \
	X(removexattr, 197, 235, 14, 235) \
	X(lremovexattr, 198, 236, 15, 236) \
	X(fremovexattr, 199, 237, 16, 237) \
	X(removexattrat, 466, 466, 466, 466) \
	/* mounts */ \
	X(mount, 165, 21, 40, 21) \
	X(umount, _NA, 22, _NA, _NA) \
	X(umount2, 166, 52, 39, 52) \
	X(fsopen, 430, 430, 430, 430) \
	X(fsconfig, 431, 431, 431, 431) \
	X(fsmount, 432, 432, 432, 432) \
	X(fspick, 433, 433, 433, 433) \
	X(move_mount, 429, 429, 429, 429) \
	X(open_tree, 428, 428, 428, 428) \
	X(open_tree_attr, 467, 467, 467, 467) \
	X(mount_setattr, 442, 442, 442, 442) \
	/* identity */ \
	X(setuid, 105, 23, 146, 23) \
	X(setreuid, 113, 70, 145, 70) \
	X(setresuid, 117, 164, 147, 164) \
	X(setfsuid, 122, 138, 151, 138) \
	X(setgid, 106, 46, 144, 46) \
	X(setregid, 114, 71, 143, 71) \
	X(setresgid, 119, 170, 149, 170) \
	X(setfsgid, 123, 139, 152, 139) \
	X(setgroups, 116, 81, 159, 81) \
	X(capset, 126, 185, 91, 185) \
	/* namespaces and roots */ \
	X(unshare, 272, 310, 97, 337) \
	X(setns, 308, 346, 268, 375) \
	X(clone, 56, 120, 220, 120) \
	X(clone3, 435, 435, 435, 435) \
	X(fork, 57, 2, _NA, 2) \
	X(vfork, 58, 190, _NA, 190) \
	X(chroot, 161, 61, 51, 61) \
	X(pivot_root, 155, 217, 41, 218) \
	/* signals */ \
	X(kill, 62, 37, 129, 37) \
	X(tkill, 200, 238, 130, 238) \
	X(tgkill, 234, 270, 131, 268) \
	X(rt_sigqueueinfo, 129, 178, 138, 178) \
	X(rt_tgsigqueueinfo, 297, 335, 240, 363) \
	X(pidfd_send_signal, 424, 424, 424, 424) \
	/* other processes */ \
	X(ptrace, 101, 26, 117, 26) \
	X(process_vm_readv, 310, 347, 270, 376) \
	X(process_vm_writev, 311, 348, 271, 377) \
	X(process_madvise, 440, 440, 440, 440) \
	X(pidfd_open, 434, 434, 434, 434) \
	X(pidfd_getfd, 438, 438, 438, 438) \
	X(kcmp, 312, 349, 272, 378) \
	/* modules and kernels */ \
	X(init_module, 175, 128, 105, 128) \
	X(finit_module, 313, 350, 273, 379) \
	X(delete_module, 176, 129, 106, 129) \
	X(kexec_load, 246, 283, 104, 347) \
	X(kexec_file_load, 320, _NA, 294, 401) \
	X(reboot, 169, 88, 142, 88) \
	/* kernel interfaces */ \
	X(bpf, 321, 357, 280, 386) \
	X(perf_event_open, 298, 336, 241, 364) \
	X(keyctl, 250, 288, 219, 311) \
	X(add_key, 248, 286, 217, 309) \
	X(request_key, 249, 287, 218, 310) \
	X(userfaultfd, 323, 374, 282, 388) \
	X(io_uring_setup, 425, 425, 425, 425) \
	X(io_uring_enter, 426, 426, 426, 426) \
	X(io_uring_register, 427, 427, 427, 427) \
	X(fanotify_init, 300, 338, 262, 367) \
	/* memory */ \
	X(memfd_create, 319, 356, 279, 385) \
	X(memfd_secret, 447, 447, 447, _NA) \
	X(mmap, 9, _NA, 222, _NA) \
	X(mmap2, _NA, 192, _NA, 192) \
	X(old_mmap, _NA, 90, _NA, _NA) \
	X(mremap, 25, 163, 216, 163) \
	X(mprotect, 10, 125, 226, 125) \
	X(pkey_mprotect, 329, 380, 288, 394) \
	X(mseal, 462, 462, 462, 462) \
	/* own state */ \
	X(prctl, 157, 172, 167, 172) \
	X(arch_prctl, 158, 384, _NA, _NA) \
	X(seccomp, 317, 354, 277, 383) \
	X(personality, 135, 136, 92, 136) \
	X(ioperm, 173, 101, _NA, _NA) \
	X(iopl, 172, 110, _NA, _NA) \
	X(modify_ldt, 154, 123, _NA, _NA) \
	/* programs */ \
	X(execve, 59, 11, 221, 11) \
	X(execveat, 322, 358, 281, 387) \
	/* sockets */ \
	X(socket, 41, 359, 198, 281) \
	X(socketpair, 53, 360, 199, 288) \
	X(bind, 49, 361, 200, 282) \
	X(listen, 50, 363, 201, 284) \
	X(connect, 42, 362, 203, 283) \
	X(accept, 43, _NA, 202, 285) \
	X(accept4, 288, 364, 242, 366) \
	X(sendto, 44, 369, 206, 290) \
	X(sendmsg, 46, 370, 211, 296) \
	X(sendmmsg, 307, 345, 269, 374) \
	X(recvfrom, 45, 371, 207, 292) \
	X(recvmsg, 47, 372, 212, 297) \
	X(recvmmsg, 299, 337, 243, 365) \
	X(shutdown, 48, 373, 210, 293) \
	X(setsockopt, 54, 366, 208, 294) \
	X(socketcall, _NA, 102, _NA, _NA) \
	/* descriptors */ \
	X(dup, 32, 41, 23, 41) \
	X(dup2, 33, 63, _NA, 63) \
	X(dup3, 292, 330, 24, 358) \
	X(fcntl, 72, 55, 25, 55) \
	X(ioctl, 16, 54, 29, 54) \
	X(splice, 275, 313, 76, 340) \
	X(vmsplice, 278, 316, 75, 343) \
	X(tee, 276, 315, 77, 342) \
	/* the machine */ \
	X(swapon, 167, 87, 224, 87) \
	X(swapoff, 168, 115, 225, 115) \
	X(acct, 163, 51, 89, 51) \
	X(sethostname, 170, 74, 161, 74) \
	X(setdomainname, 171, 121, 162, 121) \
	X(settimeofday, 164, 79, 170, 79) \
	X(clock_settime, 227, 264, 112, 262) \
	X(clock_adjtime, 305, 343, 266, 372) \
	X(adjtimex, 159, 124, 171, 124) \
	X(syslog, 103, 103, 116, 103) \
	X(quotactl, 179, 131, 60, 131)

/* X(name, 32-bit name, i386, arm): the same call once more, for the 32-bit convention's wider ids and sizes. */
#define NA_SYSCALLS_32(X) \
	X(chown, chown32, 212, 212) \
	X(lchown, lchown32, 198, 198) \
	X(fchown, fchown32, 207, 207) \
	X(truncate, truncate64, 193, 193) \
	X(ftruncate, ftruncate64, 194, 194) \
	X(setuid, setuid32, 213, 213) \
	X(setreuid, setreuid32, 203, 203) \
	X(setresuid, setresuid32, 208, 208) \
	X(setfsuid, setfsuid32, 215, 215) \
	X(setgid, setgid32, 214, 214) \
	X(setregid, setregid32, 204, 204) \
	X(setresgid, setresgid32, 210, 210) \
	X(setfsgid, setfsgid32, 216, 216) \
	X(setgroups, setgroups32, 206, 206) \
	X(recvmmsg, recvmmsg_time64, 417, 417) \
	X(fcntl, fcntl64, 221, 221) \
	X(clock_settime, clock_settime64, 404, 404) \
	X(clock_adjtime, clock_adjtime64, 405, 405)

/* X(name, x32 without its bit): where x32 differs from x86-64. */
#define NA_SYSCALLS_X32(X) \
	X(rt_sigqueueinfo, 524) \
	X(rt_tgsigqueueinfo, 536) \
	X(ptrace, 521) \
	X(process_vm_readv, 539) \
	X(process_vm_writev, 540) \
	X(kexec_load, 528) \
	X(execve, 520) \
	X(execveat, 545) \
	X(sendmsg, 518) \
	X(sendmmsg, 538) \
	X(recvfrom, 517) \
	X(recvmsg, 519) \
	X(recvmmsg, 537) \
	X(setsockopt, 541) \
	X(ioctl, 514) \
	X(vmsplice, 532)
/* clang-format on */

/* 0 is "none of these". Not a wire value: it may differ between two builds. */
enum na_call {
	NA_CALL_none,
#define X(name, x86_64, i386, arm64, arm) NA_CALL_##name,
	NA_SYSCALLS(X)
#undef X
		NA_CALLS,
};

_Static_assert(NA_CALLS <= 255, "an enum na_call has to fit into a byte of struct na_call_slot");

struct na_call_slot {
	__u8 native;
	__u8 compat;
};

/* One read-only load tells what a number means in both conventions. The slot of _NA takes all calls
 * that this architecture does not have, and is never read. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"
static const struct na_call_slot na_call_slots[NA_SYSCALL_SLOTS] = {
#if defined(__TARGET_ARCH_x86)
#define X(name, x86_64, i386, arm64, arm)                                                          \
	[x86_64].native = NA_CALL_##name, [i386].compat = NA_CALL_##name,
	NA_SYSCALLS(X)
#undef X
#define X(name, wider, i386, arm) [i386].compat = NA_CALL_##name,
		NA_SYSCALLS_32(X)
#undef X
#define X(name, x32) [x32].native = NA_CALL_##name,
			NA_SYSCALLS_X32(X)
#undef X
#elif defined(__TARGET_ARCH_arm64)
#define X(name, x86_64, i386, arm64, arm)                                                          \
	[arm64].native = NA_CALL_##name, [arm].compat = NA_CALL_##name,
	NA_SYSCALLS(X)
#undef X
#define X(name, wider, i386, arm) [arm].compat = NA_CALL_##name,
		NA_SYSCALLS_32(X)
#undef X
#endif
};
#pragma clang diagnostic pop

#if defined(__TARGET_ARCH_x86)

#define NA_TS_COMPAT 2		/* TS_COMPAT: int 0x80 or a 32-bit process */
#define NA_X32_BIT   0x40000000 /* __X32_SYSCALL_BIT */

/* The kernel takes the low half of the register since 5.13, whatever the high half holds. */
static __always_inline __u32 na_syscall__number(struct pt_regs *regs)
{
	__u32 number = regs->orig_ax;

	number &= ~NA_X32_BIT;
	NA_HIDE(number);
	return number;
}

static __always_inline bool na_syscall__is_compat(struct task_struct *task)
{
	return task->thread_info.status & NA_TS_COMPAT;
}

static __always_inline __u64 na_syscall__argument(struct pt_regs *regs, bool compat, int index)
{
	switch (index) {
	case 0:
		return compat ? (__u32)regs->bx : regs->di;
	case 1:
		return compat ? (__u32)regs->cx : regs->si;
	case 2:
		return compat ? (__u32)regs->dx : regs->dx;
	case 3:
		return compat ? (__u32)regs->si : regs->r10;
	case 4:
		return compat ? (__u32)regs->di : regs->r8;
	default:
		return compat ? (__u32)regs->bp : regs->r9;
	}
}

static __always_inline long na_syscall__result(struct pt_regs *regs, bool compat)
{
	return compat ? (long)(int)regs->ax : (long)regs->ax;
}

#elif defined(__TARGET_ARCH_arm64)

#define NA_TIF_32BIT 22 /* TIF_32BIT */

static __always_inline __u32 na_syscall__number(struct pt_regs *regs)
{
	__u32 number = regs->syscallno;

	NA_HIDE(number);
	return number;
}

static __always_inline bool na_syscall__is_compat(struct task_struct *task)
{
	return task->thread_info.flags >> NA_TIF_32BIT & 1;
}

/* The first register holds the result when the call ends. */
static __always_inline __u64 na_syscall__argument(struct pt_regs *regs, bool compat, int index)
{
	__u64 value = index == 0 ? regs->orig_x0 : regs->regs[index];

	return compat ? (__u32)value : value;
}

static __always_inline long na_syscall__result(struct pt_regs *regs, bool compat)
{
	return compat ? (long)(int)regs->regs[0] : (long)regs->regs[0];
}

#endif

static __always_inline enum na_call na_syscall__of(__u32 number, bool compat)
{
	if (number >= _NA)
		return NA_CALL_none;
	return compat ? na_call_slots[number].compat : na_call_slots[number].native;
}

/* Which call this is; NA_CALL_none for all that have no row. */
static __always_inline enum na_call na_syscall__call(struct pt_regs *regs, struct task_struct *task)
{
	return na_syscall__of(na_syscall__number(regs), na_syscall__is_compat(task));
}

/* Whether a number may mean a call from first to last (in the order of the table), in any
 * convention: the filter for hooks through which every call of the machine passes, since it does
 * not look at the task. na_syscall__call tells the truth afterwards. */
static __always_inline bool na_syscall__may_be(__u32 number, enum na_call first, enum na_call last)
{
	const struct na_call_slot *slot;

	if (number >= _NA)
		return false;
	slot = &na_call_slots[number];
	return (__u32)slot->native - first <= (__u32)last - first ||
	       (__u32)slot->compat - first <= (__u32)last - first;
}

#endif /* NA_SYSCALL_BPF_H */
