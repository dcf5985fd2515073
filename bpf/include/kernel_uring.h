/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Requests of io_uring. Included by kernel.h, among the types that are relocated. */
#ifndef NA_KERNEL_URING_H
#define NA_KERNEL_URING_H

struct open_how {
	__u64 flags;
};

/* The request of an IORING_OP_OPENAT, OPENAT2 (since 6.0). */
struct io_open {
	int dfd;
	__u32 file_slot; /* 0 = an ordinary descriptor, ~0 = any direct one, else its number + 1 */
	struct filename *filename;
	struct open_how how;
};

struct io_rsrc_node {
	unsigned long file_ptr; /* the low bits are flags */
};

struct io_rsrc_data {
	unsigned int nr;
	struct io_rsrc_node **nodes;
};

struct io_file_table {
	struct io_rsrc_data data;
};

/* Before 6.13. */
struct io_fixed_file {
	unsigned long file_ptr;
};

struct io_file_table___v6_12 {
	struct io_fixed_file *files;
};

struct io_ring_ctx {
	unsigned int flags;
	struct io_file_table file_table;
	unsigned int nr_user_files;
};

struct io_cmd_data {
	struct file *file;
};

struct io_uring_cqe {
	__s32 res;
};

struct io_kiocb {
	struct io_cmd_data cmd; /* holds struct io_open and the like */
	__u8 opcode;
	unsigned int flags; /* 64 bits since 6.9: these are the lower ones */
	struct io_ring_ctx *ctx;
};

#endif /* NA_KERNEL_URING_H */
