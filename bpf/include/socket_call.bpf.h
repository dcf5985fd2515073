/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a descriptor to the socket behind it, and the arguments of the calls that take sockets. */
#ifndef NA_SOCKET_CALL_BPF_H
#define NA_SOCKET_CALL_BPF_H

#include "syscall.bpf.h"
#include "descriptor.bpf.h"

/* socketcall(2) of the 32-bit convention: which call, then a pointer to its arguments. Of
 * linux/net.h. */
#define NA_SOCKETCALL_SOCKET  1
#define NA_SOCKETCALL_BIND    2
#define NA_SOCKETCALL_CONNECT 3
#define NA_SOCKETCALL_LISTEN  4

struct na_socket_call {
	__u64 arguments[3];
	enum na_call call;
	__u32 padding;
};

static __always_inline enum na_call na_socketcall__of(__u32 number)
{
	switch (number) {
	case NA_SOCKETCALL_SOCKET:
		return NA_CALL_socket;
	case NA_SOCKETCALL_BIND:
		return NA_CALL_bind;
	case NA_SOCKETCALL_CONNECT:
		return NA_CALL_connect;
	case NA_SOCKETCALL_LISTEN:
		return NA_CALL_listen;
	default:
		return NA_CALL_none;
	}
}

static __always_inline void na_socket_call__decode(struct na_socket_call *call,
						   struct pt_regs *regs, struct task_struct *task)
{
	bool compat = na_syscall__is_compat(task);
	__u32 words[3] = {};

	call->padding = 0;
	call->call = na_syscall__of(na_syscall__number(regs), compat);
	call->arguments[0] = na_syscall__argument(regs, compat, 0);
	call->arguments[1] = na_syscall__argument(regs, compat, 1);
	call->arguments[2] = na_syscall__argument(regs, compat, 2);
	if (call->call != NA_CALL_socketcall)
		return;
	call->call = na_socketcall__of(call->arguments[0]);
	bpf_probe_read_user(words, sizeof(words), (const void *)call->arguments[1]);
	call->arguments[0] = words[0];
	call->arguments[1] = words[1];
	call->arguments[2] = words[2];
}

/* The socket behind a descriptor of the task, as it stands there now; NULL when there is none. */
static __always_inline struct sock *na_descriptor__sock(struct task_struct *task, __u32 fd)
{
	struct file *file = na_task__file(task, fd);
	struct inode *inode;
	struct socket *socket;

	if (!file)
		return NULL;
	file = NA_CAST(struct file, file);
	inode = NA_FIELD(file, f_inode);
	if ((NA_FIELD(inode, i_mode) & NA_S_IFMT) != NA_S_IFSOCK)
		return NULL;
	socket = NA_CAST(struct socket, NA_FIELD(file, private_data));
	return NA_CAST(struct sock, NA_FIELD(socket, sk));
}

#endif /* NA_SOCKET_CALL_BPF_H */
