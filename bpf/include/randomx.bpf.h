/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Mining with RandomX, by what it does to the floating-point unit of x86-64.
 *
 * The programs that RandomX makes up have an instruction that sets the rounding mode from data, a
 * few thousand times a millisecond, while denormals are flushed and all exceptions masked (MXCSR
 * 0x9fc0 plus the mode). So a thread that is switched away from is found in any of the four modes.
 * Nothing else is: compilers' fast math keeps one mode, and interval arithmetic, which changes it,
 * needs denormals. A renamed miner, one in memory only or one behind a proxy stays what it is here.
 */
#ifndef NA_RANDOMX_BPF_H
#define NA_RANDOMX_BPF_H

#define NA_MXCSR_BASE	   0x9fc0 /* flush to zero, denormals are zero, exceptions masked */
#define NA_MXCSR_ROUNDING  0x6000 /* the mode: nearest 0, down, up, towards zero */
#define NA_MXCSR_SHIFT	   13
#define NA_RANDOMX_WINDOW  60000000000ULL /* ns in which these must be seen: */
#define NA_RANDOMX_SAMPLES 12		  /* switches away from an unusual mode, and */
#define NA_RANDOMX_MODES   0xe		  /* all three of the unusual modes (bit n is mode n) */
#define NA_RANDOMX_TASKS   1024

struct na_randomx_state {
	__u64 from_ns;
	__u32 samples;
	__u32 modes;
};

struct na_randomx_key {
	__u64 start_time_ns;
	__u32 pid;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NA_RANDOMX_TASKS);
	__type(key, struct na_randomx_key);
	__type(value, struct na_randomx_state);
} na_randomx SEC(".maps");

static __always_inline __u32 na_fpu__mxcsr(struct fpu *fpu)
{
	if (bpf_core_field_exists(fpu->fpstate))
		return BPF_CORE_READ(fpu, fpstate, regs.fxsave.mxcsr);
	return BPF_CORE_READ((struct fpu___before_5_16 *)fpu, state.fxsave.mxcsr);
}

/* True when the process was just found out. Threads of one process count together; two CPUs at once
 * may lose a sample. */
static __always_inline bool na_randomx__add(struct task_struct *task, __u32 mode,
					    struct na_randomx_state *out)
{
	struct na_randomx_key key = {.start_time_ns = task->group_leader->start_boottime,
				     .pid = task->tgid};
	struct na_randomx_state *state = bpf_map_lookup_elem(&na_randomx, &key);
	__u64 now = bpf_ktime_get_boot_ns();
	struct na_randomx_state begun = {.from_ns = now, .samples = 1, .modes = 1U << mode};

	if (!state || now - state->from_ns > NA_RANDOMX_WINDOW) {
		bpf_map_update_elem(&na_randomx, &key, &begun, BPF_ANY);
		return false;
	}
	state->samples += 1;
	state->modes |= 1U << mode;
	if (state->samples < NA_RANDOMX_SAMPLES || state->modes != NA_RANDOMX_MODES)
		return false;
	*out = *state;
	*state = begun; /* a new window: the event says so again only after NA_PRIVILEGE_AGAIN */
	return true;
}

#endif /* NA_RANDOMX_BPF_H */
