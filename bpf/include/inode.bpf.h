/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a record says about an inode and the file that led to it. */
#ifndef NA_INODE_BPF_H
#define NA_INODE_BPF_H

#include "incarnation.bpf.h"

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
