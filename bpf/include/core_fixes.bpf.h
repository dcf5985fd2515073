/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What differs between kernels, hidden behind one function each. Conditions here are constants
 * after CO-RE relocation: the verifier never looks at the branch of another kernel.
 */
#ifndef NA_CORE_FIXES_BPF_H
#define NA_CORE_FIXES_BPF_H

/* Kernel functions since 6.2. Weak: libbpf leaves an unresolved call alone when it is dead code. */
extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;

/*
 * Asked through a helper of the same release: libbpf before 1.2 cannot take the address of a kernel
 * function, which is what looking for it directly would need.
 */
#define NA_KERNEL_6_2                                                                              \
	bpf_core_enum_value_exists(enum bpf_func_id___v6_2, BPF_FUNC_cgrp_storage_get___v6_2)

/*
 * Gives a pointer whose type the verifier does not know (container_of, pointers read as plain
 * numbers) its type: reading through it is then a plain load whose fault the kernel handles.
 * Before 6.2 that needs a helper call per member, so such pointers are read with NA_FIELD only.
 */
#define NA_CAST(type, pointer)                                                                     \
	((type *)(NA_KERNEL_6_2 ? bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(type))          \
				: (void *)(pointer)))

#define NA_FIELD(pointer, member)                                                                  \
	({                                                                                         \
		typeof((pointer)->member) value_;                                                  \
		if (NA_KERNEL_6_2)                                                                 \
			value_ = (pointer)->member;                                                \
		else                                                                               \
			bpf_core_read(&value_, sizeof(value_), &(pointer)->member);                \
		value_;                                                                            \
	})

static __always_inline void na_rcu__lock(void)
{
	if (NA_KERNEL_6_2)
		bpf_rcu_read_lock();
}

static __always_inline void na_rcu__unlock(void)
{
	if (NA_KERNEL_6_2)
		bpf_rcu_read_unlock();
}

/* The compiler must not reason about value beyond here: what it proves, the verifier often cannot.
 */
#define NA_HIDE(value) asm volatile("" : "+r"(value))

/*
 * Loops leave the verifier with a state for each way through them. What is read back from a map it
 * knows nothing of, so all these ways become one.
 */
#define NA_FORGET(place) (*(volatile typeof(place) *)&(place))

#endif /* NA_CORE_FIXES_BPF_H */
