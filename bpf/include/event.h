/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The wire format between the kernel probes and the agent.
 *
 * One record in a ring buffer is one fixed struct, chosen by header.kind, followed by
 * header.tail_size bytes of strings. The C# mirrors stand in src/NodeAgent.Events/Wire and are
 * compared with this file, through BTF, in both directions by a test and at start. Enum values are
 * append-only.
 *
 * This header compiles for BPF (after kernel.h) and for user space (after <linux/types.h>). What
 * all families share stands here, each family's structs in a file of its own, included at the end.
 */
#ifndef NA_EVENT_H
#define NA_EVENT_H

#define NA_COMM_SIZE	16 /* TASK_COMM_LEN */
#define NA_ADDRESS_SIZE 16 /* an IPv4 address stands in the first 4 bytes, the rest is zero */
#define NA_PATH_MAX                                                                                \
	4096 /* PATH_MAX: the longest path that is copied, longer ones are cut at the root side */
#define NA_ARGV_MAX 4096 /* bytes of argv that are copied, NULs included */

enum na_kind {
	NA_KIND_EXEC = 1,	    /* struct na_exec */
	NA_KIND_FORK = 2,	    /* struct na_fork: a new process (thread group), not a thread */
	NA_KIND_EXIT = 3,	    /* struct na_exit: the last thread of a process */
	NA_KIND_OPEN = 4,	    /* struct na_open, failed ones too */
	NA_KIND_TCP_CONNECT = 5,    /* struct na_tcp: the outcome of an outgoing connection */
	NA_KIND_TCP_ACCEPT = 6,	    /* struct na_tcp */
	NA_KIND_TCP_CLOSE = 7,	    /* struct na_tcp */
	NA_KIND_FLOW = 8,	    /* struct na_flow: first packet of a flow without connections */
	NA_KIND_DNS = 9,	    /* struct na_dns */
	NA_KIND_CGROUP_MKDIR = 10,  /* struct na_cgroup */
	NA_KIND_CGROUP_RMDIR = 11,  /* struct na_cgroup */
	NA_KIND_CGROUP_ATTACH = 12, /* struct na_cgroup */
	NA_KIND_TASK = 13,	    /* struct na_exec: a process that ran before the agent */
	NA_KIND_EXEC_FAILED = 14,   /* struct na_exec_failed */
	NA_KIND_CREDENTIALS = 15,   /* struct na_credentials */
	NA_KIND_NAMESPACE = 16,	    /* struct na_namespace */
	NA_KIND_SIGNAL = 17,	    /* struct na_signal */
	NA_KIND_FILE_CHANGE = 18,   /* struct na_file_change */
	NA_KIND_SOCKET = 19,	    /* struct na_socket */
	NA_KIND_UNIX_CONNECT = 20,  /* struct na_unix_connect */
	NA_KIND_PAYLOAD = 21,	 /* struct na_payload: start of a request, response or handshake */
	NA_KIND_CAPABILITY = 22, /* struct na_capability */
	NA_KIND_PRIVILEGE = 23,	 /* struct na_privilege */
	NA_KIND_SYSCALL = 24, /* struct na_syscall: the first call of its number in a container */
	NA_KIND_SUPPRESSED = 25, /* struct na_suppressed: a container was over its budget */
	NA_KIND_LIMIT = 26,	 /* one past the last: sizes the counter maps */
};

/* What budgets are kept for: each container has one bucket for each. */
enum na_class {
	NA_CLASS_NONE = 0,
	NA_CLASS_PROCESS = 1, /* exec, fork, exit and what changes a process */
	NA_CLASS_FILE = 2,
	NA_CLASS_NETWORK = 3,
	NA_CLASS_PRIVILEGE = 4,
	NA_CLASS_LIMIT = 5,
};

/* header.flags */
enum na_header_flag {
	NA_HEADER_SOFTIRQ =
		1, /* the task fields come from the socket's owner, not from the current task */
	/*
	 * Seen before and told again, since it still happens. Where the filter of seen.bpf.h did
	 * it, the last 8 bytes of the tail are a __u64: how often since it was told last.
	 */
	NA_HEADER_REPEATED = 2,
	/* The process came into the cgroup from outside and has executed nothing there yet: a
	 * runtime that sets the container up, see entrant.bpf.h. */
	NA_HEADER_ENTRANT = 4,
};

/* direction */
enum na_direction {
	NA_DIRECTION_UNKNOWN = 0,
	NA_DIRECTION_OUTBOUND = 1, /* we connected, or we sent */
	NA_DIRECTION_INBOUND = 2,  /* the peer connected, or sent */
};

/* A byte string in the tail. offset counts from the first byte after the fixed struct. */
struct na_string {
	__u16 offset;
	__u16 length;
};

struct na_header {
	__u64 time_ns;	 /* bpf_ktime_get_boot_ns() */
	__u64 cgroup_id; /* inode of the directory in the cgroup2 tree; the subject's, see each kind
			  */
	__u64 start_time_ns; /* group leader's start_boottime: with pid the identity of a process; 0
				= unknown */
	__u32 pid;	     /* tgid; 0 = unknown */
	__u32 tid;
	__u32 uid; /* real uid and gid in the initial user namespace */
	__u32 gid;
	__u16 kind;		 /* enum na_kind */
	__u16 flags;		 /* enum na_header_flag */
	__u32 tail_size;	 /* bytes after the fixed struct */
	char comm[NA_COMM_SIZE]; /* NUL padded; every other byte value may occur */
};

/* Events that a container's budget cut. Only time and cgroup stand in the header. */
struct na_suppressed {
	struct na_header header;
	__u64 count;
	__u64 from_ns;	   /* when the first of them came */
	__u32 event_class; /* enum na_class */
	__u32 padding;
};

/* Key of the per-container loss counters. */
struct na_lost_key {
	__u64 cgroup_id;
	__u32 kind;
	__u32 padding;
};

#define NA_ASSERT_SIZE(type, size)                                                                 \
	_Static_assert(sizeof(struct type) == (size), #type                                        \
		       " changed its size: change the C# mirror in src/NodeAgent.Events/Wire too")
NA_ASSERT_SIZE(na_string, 4);
NA_ASSERT_SIZE(na_header, 64);
NA_ASSERT_SIZE(na_suppressed, 88);
NA_ASSERT_SIZE(na_lost_key, 16);

#include "event_process.h"
#include "event_file.h"
#include "event_network.h"
#include "event_privilege.h"
#include "container.h"

#endif /* NA_EVENT_H */
