/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What tells a file from an older one, or from one in another layer. */
#ifndef NA_INCARNATION_BPF_H
#define NA_INCARNATION_BPF_H

/* overlayfs embeds its inode in struct ovl_inode, and right behind it (since 4.13) stands the
 * pointer to the dentry in the upper layer. The type is in a module's BTF, or in none, so its place
 * is computed. */
static __always_inline bool na_inode__in_upper_layer(struct inode *inode, struct super_block *sb)
{
	void *upper = NULL;

	if (NA_FIELD(sb, s_magic) != NA_OVERLAYFS_MAGIC)
		return false;
	bpf_probe_read_kernel(&upper, sizeof(upper),
			      (void *)inode + bpf_core_type_size(struct inode));
	return upper != NULL;
}

static __always_inline __u64 na_inode__change_time(struct inode *inode)
{
	struct inode___v6_11 *v6_11 = (void *)inode;
	struct inode___v6_6 *v6_6 = (void *)inode;
	struct inode___v5 *v5 = (void *)inode;

	if (bpf_core_field_exists(v6_11->i_ctime_sec))
		return (__u64)NA_FIELD(v6_11, i_ctime_sec) << 30 | NA_FIELD(v6_11, i_ctime_nsec);
	if (bpf_core_field_exists(v6_6->__i_ctime))
		return (__u64)NA_FIELD(v6_6, __i_ctime.tv_sec) << 30 |
		       NA_FIELD(v6_6, __i_ctime.tv_nsec);
	return (__u64)NA_FIELD(v5, i_ctime.tv_sec) << 30 | NA_FIELD(v5, i_ctime.tv_nsec);
}

/*
 * What tells a file from an older one with the same inode number. File systems that reuse numbers
 * keep a generation for NFS's sake. overlayfs hides that of the layer below: it is taken from
 * there, and what lies in a lower layer is never replaced. Where there is none at all, the time of
 * the last change stands in: it says "new" too often, but never too seldom.
 */
static __always_inline __u64 na_inode__incarnation(struct inode *inode, struct super_block *sb)
{
	__u32 generation = NA_FIELD(inode, i_generation);
	void *upper = NULL;

	if (generation)
		return generation;
	if (NA_FIELD(sb, s_magic) != NA_OVERLAYFS_MAGIC)
		return na_inode__change_time(inode);
	bpf_probe_read_kernel(&upper, sizeof(upper),
			      (void *)inode + bpf_core_type_size(struct inode));
	if (!upper)
		return 0;
	inode = NA_CAST(struct inode, NA_FIELD(NA_CAST(struct dentry, upper), d_inode));
	generation = NA_FIELD(inode, i_generation);
	return generation ? generation : na_inode__change_time(inode);
}

#endif /* NA_INCARNATION_BPF_H */
