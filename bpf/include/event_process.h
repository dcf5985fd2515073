/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records about processes. Included by event.h. */
#ifndef NA_EVENT_PROCESS_H
#define NA_EVENT_PROCESS_H

/* na_exec.exec_flags */
enum na_exec_flag {
	NA_EXEC_UPPER_LAYER =
		1,	     /* the executable lies in the upper (written) layer of an overlayfs */
	NA_EXEC_MEMFD = 2,   /* memfd_create(2): no file system holds it */
	NA_EXEC_DELETED = 4, /* the link count was 0 */
	NA_EXEC_ARGV_TRUNCATED =
		8, /* argv was longer than NA_ARGV_MAX or could not be read whole */
	NA_EXEC_PATH_TRUNCATED = 16, /* exe or cwd was longer than the walk's bound */
	NA_EXEC_SCRIPT = 32,	     /* by #!: script names the file */
	NA_EXEC_EMPTY_PATH = 64,     /* by descriptor: execveat(fd, "", ..., AT_EMPTY_PATH) */
	NA_EXEC_ENVIRONMENT_TRUNCATED = 128,
};

/* What file descriptor 0 is. */
enum na_stdin {
	NA_STDIN_UNKNOWN = 0, /* could not be read */
	NA_STDIN_CLOSED = 1,
	NA_STDIN_FILE = 2,
	NA_STDIN_PIPE = 3,
	NA_STDIN_SOCKET = 4,
	NA_STDIN_TTY = 5,
	NA_STDIN_OTHER = 6, /* other devices, such as /dev/null */
};

/* na_namespace.operation */
enum na_namespace_operation {
	NA_NAMESPACE_UNSHARE = 1,
	NA_NAMESPACE_SETNS = 2,
	NA_NAMESPACE_CLONE = 3,
	NA_NAMESPACE_CHROOT = 4,
	NA_NAMESPACE_PIVOT_ROOT = 5,
};

/* na_signal.operation */
enum na_signal_operation {
	NA_SIGNAL_SENT = 1,
	NA_SIGNAL_OOM_KILL = 2, /* the header is the victim's; target too */
};

struct na_exec {
	struct na_header header;
	__u64 parent_start_time_ns;
	__u64 exe_inode;
	__u64 capabilities; /* effective set */
	__u64 stdin_inode;  /* 0 = none */
	__u32 parent_pid;   /* tgid of real_parent */
	__u32 exe_device;   /* s_dev, kernel encoding: major << 20 | minor */
	__u32 exe_mode;	    /* i_mode */
	__u32 exe_link_count;
	__u32 effective_uid;
	__u32 mount_ns; /* namespace inode numbers */
	__u32 pid_ns;
	__u32 net_ns;
	__u32 tty;  /* controlling terminal as major << 20 | minor; 0 = none */
	__u32 argc; /* as found in the copied part of argv */
	__u32 exec_flags;
	__u32 session; /* pid of the session's leader in the initial pid namespace; 0 = unknown */
	__u32 stdin_type; /* enum na_stdin */
	struct na_string
		exe; /* path of mm->exe_file as its mount namespace sees it; memfd: "memfd:NAME" */
	struct na_string cwd;
	struct na_string argv;	 /* arguments, each ended by NUL */
	struct na_string script; /* the file that was executed, when it was a script: exe is its
				    interpreter */
	struct na_string environment; /* NAME=VALUE of the allow-listed names, each ended by NUL */
};

/* The header is the caller's, which goes on as what it was. */
struct na_exec_failed {
	struct na_header header;
	__u32 error;	       /* errno */
	__u32 exec_flags;      /* enum na_exec_flag: EMPTY_PATH, PATH_TRUNCATED */
	struct na_string path; /* the caller's string */
	__u32 padding;
};

struct na_fork {
	struct na_header header; /* the parent */
	__u64 child_start_time_ns;
	__u64 child_cgroup_id;
	__u32 child_pid;
	__u32 padding;
};

struct na_exit {
	struct na_header header;
	__u32 exit_code; /* 0-255, from exit(2) */
	__u32 signal;	 /* number of the signal that ended the process, or 0 */
};

/* A process got other credentials. The header holds the ids from before. */
struct na_credentials {
	struct na_header header;
	__u64 old_effective_caps;
	__u64 new_effective_caps;
	__u64 old_permitted_caps;
	__u64 new_permitted_caps;
	__u32 old_uid; /* all ids in the initial user namespace */
	__u32 new_uid;
	__u32 old_effective_uid;
	__u32 new_effective_uid;
	__u32 old_gid;
	__u32 new_gid;
	__u32 old_effective_gid;
	__u32 new_effective_gid;
	__u32 syscall; /* native number of the call that did it, or ~0 when not known */
	__u32 new_user_ns;
};

/* The header is the caller's; the namespaces are those after the call (of the child after clone).
 */
struct na_namespace {
	struct na_header header;
	__u32 operation; /* enum na_namespace_operation */
	__u32 flags;	 /* CLONE_NEW* */
	__u32 error;
	__u32 child_pid; /* clone only */
	__u32 mount_ns;	 /* namespace inode numbers */
	__u32 pid_ns;
	__u32 net_ns;
	__u32 user_ns;
	__u32 uts_ns;
	__u32 ipc_ns;
	__u32 cgroup_ns;
	struct na_string path;	     /* chroot: the new root; pivot_root: new root */
	struct na_string other_path; /* pivot_root: where the old root went */
	__u32 padding;
};

/* The header is the sender's. */
struct na_signal {
	struct na_header header;
	__u64 target_start_time_ns;
	__u64 target_cgroup_id;
	__u32 target_pid;
	__u32 signal;
	__u32 operation; /* enum na_signal_operation */
	__u32 error;	 /* errno of the sending, or 0 */
	char target_comm[NA_COMM_SIZE];
};

NA_ASSERT_SIZE(na_exec, 168);
NA_ASSERT_SIZE(na_exec_failed, 80);
NA_ASSERT_SIZE(na_fork, 88);
NA_ASSERT_SIZE(na_exit, 72);
NA_ASSERT_SIZE(na_credentials, 136);
NA_ASSERT_SIZE(na_namespace, 120);
NA_ASSERT_SIZE(na_signal, 112);

#endif /* NA_EVENT_PROCESS_H */
