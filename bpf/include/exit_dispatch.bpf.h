/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs at the end of every system call. Two that are attached there cost each call 68 ns more
 * than one, whatever they do, since the kernel then calls them through pointers. So only
 * na_exit_head is attached. It knows which program looks for a call, and goes on with that one by a
 * tail call; a call that nobody looks for ends there.
 *
 * An index that the verifier knows would become a jump that the kernel writes into the program's
 * code whenever the place is filled, and some kernels do not let code be changed. So each comes
 * from a table.
 */
#ifndef NA_EXIT_DISPATCH_BPF_H
#define NA_EXIT_DISPATCH_BPF_H

#include "syscall.bpf.h"

#define NA_EXIT_CALLS 256 /* whatever a byte of struct na_call_slot says */

/* Where the programs stand. The same in ExitDispatch.cs. */
enum na_exit_place {
	NA_EXIT_NOBODY,
	NA_EXIT_FILE,
	NA_EXIT_FILE_CHANGE,
	NA_EXIT_PROCESS_CALLS,
	NA_EXIT_PRIVILEGE,
	NA_EXIT_SOCKET,
	NA_EXIT_UNIX,
	NA_EXIT_PLACES,
};

/* Filled by user space. A place may be empty. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, NA_EXIT_PLACES);
	__type(key, __u32);
	__type(value, __u32);
} na_exit_programs SEC(".maps");

/* Who looks for a call first: for what each of these programs asks na_syscall__may_be. */
static const __u8 na_exit_first[NA_EXIT_CALLS] = {
	[NA_CALL_open... NA_CALL_open_by_handle_at] = NA_EXIT_FILE,
	[NA_CALL_rename... NA_CALL_mount_setattr] = NA_EXIT_FILE_CHANGE,
	[NA_CALL_setuid... NA_CALL_pivot_root] = NA_EXIT_PROCESS_CALLS,
	[NA_CALL_ptrace... NA_CALL_prctl] = NA_EXIT_PRIVILEGE,
	[NA_CALL_execve... NA_CALL_execveat] = NA_EXIT_PROCESS_CALLS,
	[NA_CALL_socket... NA_CALL_connect] = NA_EXIT_SOCKET,
	[NA_CALL_socketcall] = NA_EXIT_SOCKET,
};

/* And who after that one. */
static const __u8 na_exit_second[NA_EXIT_CALLS] = {
	[NA_CALL_connect] = NA_EXIT_UNIX,
	[NA_CALL_socketcall] = NA_EXIT_UNIX,
};

/* Set before load by who puts the program into na_exit_programs: one that is attached by itself
 * goes on with nobody. */
const volatile bool na_exit_dispatched = false;

/* Ends the program where there is one to go on with. */
static __always_inline void na_exit__go_on(__u64 *ctx, const __u8 *places, enum na_call call)
{
	__u32 place = places[call & (NA_EXIT_CALLS - 1)];

	if (place != NA_EXIT_NOBODY)
		bpf_tail_call(ctx, &na_exit_programs, place);
}

#endif /* NA_EXIT_DISPATCH_BPF_H */
