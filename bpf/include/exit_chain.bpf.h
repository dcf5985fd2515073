/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs at the end of every system call. Two that are attached there cost each call 68 ns more
 * than one, whatever they do, since the kernel then calls them through pointers. So only
 * na_exit_head is attached: it ends for calls that nobody watches, and the others follow it, and
 * each other, by tail calls.
 *
 * Such a program also works attached by itself, where the kernel does not mix tail calls with
 * functions (before 5.10): na_exit_step is a constant, so the verifier then never sees the rest.
 */
#ifndef NA_EXIT_CHAIN_BPF_H
#define NA_EXIT_CHAIN_BPF_H

#define NA_EXIT_STEPS 6

/* The place of this object's program; NA_EXIT_STEPS: it is attached by itself. */
const volatile __u32 na_exit_step = NA_EXIT_STEPS;

/* Filled by user space. A place without a program is passed over. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, NA_EXIT_STEPS);
	__type(key, __u32);
	__type(value, __u32);
} na_exit_chain SEC(".maps");

/*
 * Ends the program with the first one in the chain from a step on. For an index that it knows, the
 * kernel would write a jump into the code of the program whenever the place is filled; some kernels
 * do not let code be changed. What is added here is 0, and the verifier cannot know.
 */
static __always_inline int na_exit__go_on(__u64 *ctx, __u32 from)
{
	__u64 result = ctx[1], same = result;
	__u32 zero;

	NA_HIDE(result);
	NA_HIDE(same);
	zero = result ^ same;
	/* Written out: clang does not unroll a loop of these. */
#define NA_EXIT_STEP(step)                                                                         \
	if ((step) >= from)                                                                        \
	bpf_tail_call(ctx, &na_exit_chain, (step) + zero)
	NA_EXIT_STEP(0);
	NA_EXIT_STEP(1);
	NA_EXIT_STEP(2);
	NA_EXIT_STEP(3);
	NA_EXIT_STEP(4);
	NA_EXIT_STEP(5);
#undef NA_EXIT_STEP
	return 0;
}

#define NA_EXIT_NEXT(ctx) na_exit__go_on(ctx, na_exit_step + 1)

#endif /* NA_EXIT_CHAIN_BPF_H */
