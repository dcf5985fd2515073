/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records about privileges, system calls and the cgroup tree. Included by event.h. */
#ifndef NA_EVENT_PRIVILEGE_H
#define NA_EVENT_PRIVILEGE_H

/* na_privilege.operation; the meaning of arguments[] stands with each */
enum na_privilege_operation {
	NA_PRIVILEGE_PTRACE = 1, /* request, pid as the caller says it, address, data; TRACEME: the
				    target is who traces from now on */
	NA_PRIVILEGE_PROCESS_VM_READ = 2,  /* pid as the caller says it, bytes done */
	NA_PRIVILEGE_PROCESS_VM_WRITE = 3, /* pid as the caller says it, bytes done */
	NA_PRIVILEGE_MODULE_LOAD = 4,	   /* flags, size; detail: file or module name */
	NA_PRIVILEGE_MODULE_UNLOAD = 5,	   /* flags; detail: name */
	NA_PRIVILEGE_BPF = 6, /* command, type of program, map or attachment, id; detail: name */
	NA_PRIVILEGE_PERF_EVENT_OPEN = 7,  /* type, config, target pid, cpu */
	NA_PRIVILEGE_KEYCTL = 8,	   /* operation, next arguments */
	NA_PRIVILEGE_USERFAULTFD = 9,	   /* flags */
	NA_PRIVILEGE_IO_URING_SETUP = 10,  /* entries, flags */
	NA_PRIVILEGE_IO_URING_SUBMIT = 11, /* opcode: once per process and opcode */
	NA_PRIVILEGE_MEMFD_CREATE = 12,	   /* flags; detail: name */
	NA_PRIVILEGE_MMAP_EXEC = 13, /* address, length, protection | enum na_open_flag of the file
					<< 32, flags; detail: file */
	NA_PRIVILEGE_MPROTECT_EXEC = 14, /* address, length, protection as above; detail: file */
	NA_PRIVILEGE_PRCTL = 15,	 /* option, argument; detail: new name */
	NA_PRIVILEGE_SECCOMP = 16,	 /* SECCOMP_RET_*, number of the system call, signal */
	NA_PRIVILEGE_RANDOMX = 17, /* last MXCSR, times seen, rounding modes seen (bit n: mode n),
				      ns in which that was */
	NA_PRIVILEGE_KEXEC = 18,   /* flags */
	NA_PRIVILEGE_REBOOT = 19,  /* command */
};

/* na_syscall.syscall_flags */
enum na_syscall_flag {
	NA_SYSCALL_COMPAT = 1, /* a number of the 32-bit table */
};

/* One for each container and capability. The header is who asked for it. */
struct na_capability {
	struct na_header header;
	__u32 capability; /* CAP_* */
	__u32 syscall;	  /* native number of the call in which it was checked, or ~0 */
	__u32 granted;
	__u32 user_ns; /* inode number of the namespace that it was checked in */
};

struct na_privilege {
	struct na_header header;
	__u64 arguments[4];
	__u64 target_start_time_ns; /* 0 = no target */
	__u64 target_cgroup_id;
	__u32 target_pid;
	__u32 operation; /* enum na_privilege_operation */
	__u32 error;	 /* errno, or 0 */
	struct na_string detail;
};

struct na_syscall {
	struct na_header header; /* who called it first */
	__u32 number;
	__u32 syscall_flags;
};

struct na_cgroup {
	struct na_header
		header; /* cgroup_id is the cgroup concerned; the task fields are who did it */
	__u64 parent_cgroup_id;
	__u64 attached_start_time_ns; /* attach only */
	__u32 attached_pid;	      /* attach only */
	__u32 level;		      /* depth in the tree, root = 0 */
	struct na_string path;	      /* path in the cgroup2 tree, "/" first */
	__u32 padding;
};

NA_ASSERT_SIZE(na_capability, 80);
NA_ASSERT_SIZE(na_privilege, 128);
NA_ASSERT_SIZE(na_syscall, 72);
NA_ASSERT_SIZE(na_cgroup, 96);

#endif /* NA_EVENT_PRIVILEGE_H */
