/* SPDX-License-Identifier: Apache-2.0 */
/* The least of io_uring: one request at a time, through the system calls themselves. */
#ifndef URING_H
#define URING_H

#include "workload.h"
#include <linux/io_uring.h>

struct uring {
	int fd;
	unsigned *sq_tail, *sq_mask, *sq_array;
	unsigned *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

/* False where the kernel has none, or allows none. */
static inline int uring_open(struct uring *ring)
{
	struct io_uring_params params = {0};
	char *sq, *cq;

	ring->fd = syscall(SYS_io_uring_setup, 8, &params);
	if (ring->fd < 0)
		return 0;
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
	ring->sqes = mmap(NULL, params.sq_entries * sizeof(struct io_uring_sqe),
			  PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || ring->sqes == MAP_FAILED)
		fail("mmap of io_uring");
	ring->sq_tail = (unsigned *)(sq + params.sq_off.tail);
	ring->sq_mask = (unsigned *)(sq + params.sq_off.ring_mask);
	ring->sq_array = (unsigned *)(sq + params.sq_off.array);
	ring->cq_head = (unsigned *)(cq + params.cq_off.head);
	ring->cq_tail = (unsigned *)(cq + params.cq_off.tail);
	ring->cq_mask = (unsigned *)(cq + params.cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	return 1;
}

static inline void uring_submit(struct uring *ring, const struct io_uring_sqe *sqe, int wait_for)
{
	unsigned tail = *ring->sq_tail;
	unsigned index = tail & *ring->sq_mask;

	ring->sqes[index] = *sqe;
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	must(syscall(SYS_io_uring_enter, ring->fd, 1, wait_for, IORING_ENTER_GETEVENTS, NULL, 0),
	     "io_uring_enter");
}

static inline int uring_run(struct uring *ring, const struct io_uring_sqe *sqe)
{
	unsigned head = *ring->cq_head;
	int result;

	uring_submit(ring, sqe, 1);
	if (__atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE) == head)
		fail("no completion");
	result = ring->cqes[head & *ring->cq_mask].res;
	__atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

static inline struct io_uring_sqe uring_openat(const char *name, int flags, unsigned slot)
{
	struct io_uring_sqe sqe = {.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD};

	sqe.addr = (unsigned long)name;
	sqe.open_flags = flags;
	sqe.len = 0600;
	sqe.file_index = slot;
	return sqe;
}

#endif /* URING_H */
