/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The wire format between the kernel probes and the agent.
 *
 * One record in a ring buffer is one fixed struct, chosen by header.kind, followed by header.tail_size
 * bytes of strings. The C# mirrors stand in src/NodeAgent.Events/Wire and are compared with this file,
 * through BTF, in both directions by a test and at start. Enum values are append-only.
 *
 * This header compiles for BPF (after kernel.h) and for user space (after <linux/types.h>).
 */
#ifndef NA_EVENT_H
#define NA_EVENT_H

#define NA_COMM_SIZE	  16   /* TASK_COMM_LEN */
#define NA_ADDRESS_SIZE	  16   /* an IPv4 address stands in the first 4 bytes, the rest is zero */
#define NA_PATH_MAX	  4096 /* PATH_MAX: the longest path that is copied, longer ones are cut at the root side */
#define NA_ARGV_MAX	  4096 /* bytes of argv that are copied, NULs included */
#define NA_DNS_MAX	  4096 /* bytes of one DNS message that are copied */

enum na_kind {
	NA_KIND_EXEC = 1,	   /* struct na_exec */
	NA_KIND_FORK = 2,	   /* struct na_fork: a new process (thread group), not a thread */
	NA_KIND_EXIT = 3,	   /* struct na_exit: the last thread of a process */
	NA_KIND_OPEN = 4,	   /* struct na_open, failed ones too */
	NA_KIND_TCP_CONNECT = 5,   /* struct na_tcp: the outcome of an outgoing connection */
	NA_KIND_TCP_ACCEPT = 6,	   /* struct na_tcp */
	NA_KIND_TCP_CLOSE = 7,	   /* struct na_tcp */
	NA_KIND_FLOW = 8,	   /* struct na_flow: first packet of a flow without connections (UDP) */
	NA_KIND_DNS = 9,	   /* struct na_dns */
	NA_KIND_CGROUP_MKDIR = 10, /* struct na_cgroup */
	NA_KIND_CGROUP_RMDIR = 11, /* struct na_cgroup */
	NA_KIND_CGROUP_ATTACH = 12, /* struct na_cgroup */
	NA_KIND_TASK = 13,	   /* struct na_exec: a process that ran before the agent, from the iterator */
	NA_KIND_LIMIT = 14,	   /* one past the last: sizes the counter maps */
};

/* header.flags */
enum na_header_flag {
	NA_HEADER_SOFTIRQ = 1, /* the task fields come from the socket's owner, not from the current task */
};

/* na_exec.exec_flags */
enum na_exec_flag {
	NA_EXEC_UPPER_LAYER = 1,    /* the executable lies in the upper (written) layer of an overlayfs */
	NA_EXEC_MEMFD = 2,	    /* memfd_create(2): no file system holds it */
	NA_EXEC_DELETED = 4,	    /* the link count was 0 */
	NA_EXEC_ARGV_TRUNCATED = 8, /* argv was longer than NA_ARGV_MAX or could not be read whole */
	NA_EXEC_PATH_TRUNCATED = 16, /* exe or cwd was longer than the walk's bound */
};

/* na_open.open_flags */
enum na_open_flag {
	NA_OPEN_UPPER_LAYER = 1,
	NA_OPEN_MEMFD = 2,
	NA_OPEN_DELETED = 4,
	NA_OPEN_PATH_TRUNCATED = 16,
	NA_OPEN_CALLER_PATH = 32, /* path is the caller's string: the open failed, there is no kernel object */
};

/* na_tcp.direction, na_flow.direction, na_dns.direction */
enum na_direction {
	NA_DIRECTION_UNKNOWN = 0,
	NA_DIRECTION_OUTBOUND = 1, /* we connected, or we sent */
	NA_DIRECTION_INBOUND = 2,  /* the peer connected, or sent */
};

/* na_dns.dns_flags */
enum na_dns_flag {
	NA_DNS_TRUNCATED = 1, /* message holds fewer bytes than message_size says */
};

/* A byte string in the tail. offset counts from the first byte after the fixed struct. */
struct na_string {
	__u16 offset;
	__u16 length;
};

struct na_header {
	__u64 time_ns;	     /* bpf_ktime_get_boot_ns() */
	__u64 cgroup_id;     /* inode of the directory in the cgroup2 tree; the subject's, see each kind */
	__u64 start_time_ns; /* group leader's start_boottime: with pid the identity of a process; 0 = unknown */
	__u32 pid;	     /* tgid; 0 = unknown */
	__u32 tid;
	__u32 uid; /* real uid and gid in the initial user namespace */
	__u32 gid;
	__u16 kind;	 /* enum na_kind */
	__u16 flags;	 /* enum na_header_flag */
	__u32 tail_size; /* bytes after the fixed struct */
	char comm[NA_COMM_SIZE]; /* NUL padded; every other byte value may occur */
};

struct na_exec {
	struct na_header header;
	__u64 parent_start_time_ns;
	__u64 exe_inode;
	__u64 capabilities; /* effective set */
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
	struct na_string exe;  /* path of mm->exe_file as its mount namespace sees it; memfd: "memfd:NAME" */
	struct na_string cwd;
	struct na_string argv; /* arguments, each ended by NUL */
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

struct na_open {
	struct na_header header;
	__u64 inode;
	__u32 device;
	__u32 flags; /* O_* as the caller asked */
	__u32 error; /* errno, or 0 */
	__u32 mode;  /* i_mode of the opened inode, 0 when the open failed */
	__u32 open_flags;
	struct na_string path;
};

struct na_tcp {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE];
	__u64 bytes_sent;     /* acknowledged payload bytes; close only */
	__u64 bytes_received; /* close only */
	__u64 duration_ns;    /* connect: SYN to outcome; close: life of the connection; else 0 */
	__u64 socket_cookie;
	__u16 family; /* AF_INET 2, AF_INET6 10 (v4-mapped peers are reported as AF_INET) */
	__u16 local_port;
	__u16 remote_port;
	__u16 direction;
	__u32 error; /* connect: errno of the outcome, or 0 */
	__u32 net_ns;
};

struct na_flow {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE];
	__u64 socket_cookie;
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u16 direction;
	__u32 net_ns;
	__u32 protocol; /* IPPROTO_UDP 17 */
};

struct na_dns {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE]; /* the resolver */
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u16 direction; /* outbound = query left, inbound = answer came */
	__u32 net_ns;
	__u32 dns_flags;
	__u32 message_size; /* of the message on the wire */
	struct na_string message; /* from the DNS header on */
};

struct na_cgroup {
	struct na_header header; /* cgroup_id is the cgroup concerned; the task fields are who did it */
	__u64 parent_cgroup_id;
	__u64 attached_start_time_ns; /* attach only */
	__u32 attached_pid;	      /* attach only */
	__u32 level;		      /* depth in the tree, root = 0 */
	struct na_string path;	      /* path in the cgroup2 tree, "/" first */
	__u32 padding;
};

/* Key of the per-container loss counters. */
struct na_lost_key {
	__u64 cgroup_id;
	__u32 kind;
	__u32 padding;
};

#define NA_ASSERT_SIZE(type, size)                                                                 \
	_Static_assert(sizeof(struct type) == (size),                                              \
		       #type " changed its size: change the C# mirror in src/NodeAgent.Events/Wire too")
NA_ASSERT_SIZE(na_string, 4);
NA_ASSERT_SIZE(na_header, 64);
NA_ASSERT_SIZE(na_exec, 144);
NA_ASSERT_SIZE(na_fork, 88);
NA_ASSERT_SIZE(na_exit, 72);
NA_ASSERT_SIZE(na_open, 96);
NA_ASSERT_SIZE(na_tcp, 144);
NA_ASSERT_SIZE(na_flow, 120);
NA_ASSERT_SIZE(na_dns, 120);
NA_ASSERT_SIZE(na_cgroup, 96);
NA_ASSERT_SIZE(na_lost_key, 16);

#endif /* NA_EVENT_H */
