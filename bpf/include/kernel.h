/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types that the probes read, and of each only the members that they read. The loader
 * relocates every access to the running kernel's layout through BTF (CO-RE), so order, gaps and
 * sizes here mean nothing, only names and types do. This file is the list of what the agent depends
 * on in the kernel.
 *
 * A type that changed its shape between kernels has a variant with a ___suffix, which libbpf
 * strips.
 */
#ifndef NA_KERNEL_H
#define NA_KERNEL_H

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#define NULL ((void *)0)

#define AF_UNIX	 1
#define AF_INET	 2
#define AF_INET6 10

/* Of linux/net.h. linux/in.h takes the names without a prefix on some systems. */
#define NA_SOCK_STREAM	  1
#define NA_SOCK_DGRAM	  2
#define NA_SOCK_RAW	  3
#define NA_SOCK_SEQPACKET 5

#define NA_ERRNO_MAX		4095	   /* MAX_ERRNO of linux/err.h */
#define NA_OVERLAYFS_MAGIC	0x794c7630 /* OVERLAYFS_SUPER_MAGIC of linux/magic.h */
#define NA_DEVICE_MINOR_BITS	20	   /* MINORBITS of linux/kdev_t.h */
#define NA_S_IFMT		0170000	   /* of linux/stat.h, as the others */
#define NA_S_IFSOCK		0140000
#define NA_S_IFREG		0100000
#define NA_S_IFCHR		0020000
#define NA_S_IFIFO		0010000
#define NA_S_ISUID		0004000
#define NA_S_ISGID		0002000
#define NA_PIDTYPE_SID		3    /* PIDTYPE_SID of linux/pid.h, since 4.19 */
#define NA_SIGNAL_GROUP_EXIT	4    /* SIGNAL_GROUP_EXIT of linux/sched/signal.h */
#define NA_SOCK_DONE		1    /* bit SOCK_DONE of net/sock.h: the peer's FIN was received */
#define NA_PF_IO_WORKER		0x10 /* PF_IO_WORKER of linux/sched.h */
#define NA_PF_KTHREAD		0x200000 /* PF_KTHREAD of linux/sched.h */
#define NA_DEFAULT_HIERARCHY_ID 0	 /* the cgroup2 tree: the "0::" line of /proc/PID/cgroup */

/* Partial types have gaps of their own; the real offsets come from the kernel. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpadded"
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

/* {u64 val} since 6.3, {u32 cap[2]} before: read as one little-endian u64 in both. */
typedef struct {
	__u32 cap[2];
} kernel_cap_t;

#include "kernel_namespace.h"

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct pid {
	unsigned int level;
	struct hlist_head tasks[4]; /* indexed by enum pid_type */
	struct upid numbers[1];
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	kernel_cap_t cap_permitted;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};

/* super_block.s_magic tells the file system; s_dev its device. */
struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
};

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	__u32 i_rdev;
	void *i_private;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	__u32 i_generation;
	__s64 i_size;
};

/* The time of the last change has its place since 6.11, and had it before 6.6 and until then. */
struct inode___v6_11 {
	__s64 i_ctime_sec;
	__u32 i_ctime_nsec;
};

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
};

struct inode___v6_6 {
	struct timespec64 __i_ctime;
};

struct inode___v5 {
	struct timespec64 i_ctime;
};

struct qstr {
	__u32 hash; /* of the name, salted with the parent */
	__u32 len;
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_mode; /* FMODE_* */
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

/* A name that the kernel copied from user space, uptr, and works with. */
struct filename {
	const char *name;
	const char *uptr;
};

/* What open(2) was asked for, as the lookup of a name takes it. */
struct open_flags {
	int open_flag;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	unsigned long env_start;
	unsigned long env_end;
	struct file *exe_file;
};

struct tty_driver {
	int major;
	int minor_start;
};

struct tty_struct {
	int index;
	struct tty_driver *driver;
};

struct sigaction {
	unsigned long sa_flags;
};

struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	struct k_sigaction action[64];
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
	struct pid *pids[4];
	struct tty_struct *tty;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	int level;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

/* status: x86 only. */
struct thread_info {
	unsigned long flags;
	__u32 status;
};

struct io_uring_task;

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags; /* PF_* */
	struct mm_struct *mm;
	int exit_code;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct hlist_node pid_links[4]; /* indexed by enum pid_type */
	__u64 start_boottime;
	const struct cred *real_cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	struct css_set *cgroups;
	struct io_uring_task *io_uring; /* what it has in io_uring, NULL for most */
};

/* filename is what the caller named (or /dev/fd/N/...); interp is what was found at the end of a
 * chain of scripts. fdpath: since 5.9, set for calls with a descriptor. */
struct linux_binprm {
	const char *filename;
	const char *interp;
	const char *fdpath;
};

struct vm_area_struct {
	unsigned long vm_start;
	struct file *vm_file;
};

struct kernel_siginfo {
	int si_signo;
	int si_errno;
	int si_code;
};

struct module {
	char name[56];
};

struct bpf_prog_aux {
	__u32 id;
	char name[16];
};

struct bpf_prog {
	enum bpf_prog_type type;
	struct bpf_prog_aux *aux;
};

struct bpf_map {
	enum bpf_map_type map_type;
	__u32 id;
	char name[16];
};

struct bpf_link {
	__u32 id;
	enum bpf_link_type type;
	struct bpf_prog *prog;
};

struct perf_event_attr {
	__u32 type;
	__u64 config;
};

struct perf_event {
	struct perf_event_attr attr;
};

/* x86 only. The registers as the last switch of tasks, or use by the kernel, saved them. */
struct fxregs_state {
	__u32 mxcsr;
};

union fpregs_state {
	struct fxregs_state fxsave;
};

struct fpstate {
	union fpregs_state regs;
};

/* Since 5.16. */
struct fpu {
	struct fpstate *fpstate;
};

struct fpu___before_5_16 {
	union fpregs_state state;
};

#include "kernel_network.h"

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r10, r9, r8;
	unsigned long dx, si, di, cx, bx, bp;
	unsigned long ax, orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	int syscallno;
};
#else
#error "set __TARGET_ARCH_x86 or __TARGET_ARCH_arm64"
#endif

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#include "kernel_uring.h"

#pragma clang attribute pop
#pragma clang diagnostic pop

/* Helpers that came with a kernel tell its age where a function cannot be looked for (see
 * core_fixes). */
enum bpf_func_id___v6_2 {
	BPF_FUNC_cgrp_storage_get___v6_2 = 210,
};

/* Since 6.9; before, (context, tid). */
typedef void (*btf_trace_mark_victim)(void *, struct task_struct *, unsigned int);

/* Since 6.15, with the whole completion; before, (context, request, user_data, result, ...). */
typedef void (*btf_trace_io_uring_complete)(void *, struct io_ring_ctx *, void *,
					    struct io_uring_cqe *);

/* Since 6.16 the tracepoint says whether the thread was the last of its group. */
typedef void (*btf_trace_sched_process_exit)(void *, struct task_struct *, bool);

#endif /* NA_KERNEL_H */
