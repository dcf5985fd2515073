/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Namespaces, and where the kernel finds them. Included by kernel.h, among the types that are
 * relocated. */
#ifndef NA_KERNEL_NAMESPACE_H
#define NA_KERNEL_NAMESPACE_H

struct ns_common {
	unsigned int inum;
	__u32 ns_type; /* since 6.18: CLONE_NEW* */
};

struct proc_ns_operations {
	int type;
};

struct ns_common___v6_17 {
	const struct proc_ns_operations *ops;
};

struct net {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

/* The node is told from the entry by its lowest bits. */
struct xarray {
	void *xa_head;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct idr {
	struct xarray idr_rt;
};

struct pid_namespace {
	struct idr idr;
	struct ns_common ns;
};

struct uts_namespace {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct time_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct user_namespace {
	int level; /* 0 = the initial one */
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct time_namespace *time_ns_for_children;
	struct cgroup_namespace *cgroup_ns;
};

#endif /* NA_KERNEL_NAMESPACE_H */
