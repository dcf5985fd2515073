/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a record says about an inode and the file that led to it. */
#ifndef NA_INODE_BPF_H
#define NA_INODE_BPF_H

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

/* memfd_create(2) names its dentry "memfd:NAME", and no dentry that hangs in a directory is
 * detached. */
static __always_inline bool na_walk__is_memfd(const struct na_walk *walk, const char *bytes)
{
	const char *name = &bytes[walk->start & (NA_PATH_MAX - 1)];

	return walk->detached && name[0] == 'm' && name[1] == 'e' && name[2] == 'm' &&
	       name[3] == 'f' && name[4] == 'd' && name[5] == ':';
}

static __always_inline bool na_path__is_memfd(const struct na_path_buffer *buffer)
{
	return na_walk__is_memfd(&buffer->walk, buffer->bytes);
}

#endif /* NA_INODE_BPF_H */
