/* SPDX-License-Identifier: Apache-2.0 */
#include "nodeagent.h"

#include <errno.h>

static const struct btf_type *type_of(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	if (!type)
		errno = ENOENT;
	return type;
}

int32_t na_btf__type_count(const struct btf *btf)
{
	return (int32_t)btf__type_cnt(btf);
}

int32_t na_btf__type(const struct btf *btf, uint32_t id, struct na_btf_type *out)
{
	const struct btf_type *type = type_of(btf, id);
	int64_t size;

	if (!type)
		return -1;
	size = btf__resolve_size(btf, id);
	out->name = btf__name_by_offset(btf, type->name_off);
	out->kind = btf_kind(type);
	out->size = size > 0 ? (uint32_t)size : 0;
	out->member_count = btf_vlen(type);
	out->padding = 0;
	return 0;
}

int32_t na_btf__member(const struct btf *btf, uint32_t id, uint32_t index,
		       struct na_btf_member *out)
{
	const struct btf_type *type = type_of(btf, id);
	const struct btf_member *member;
	int64_t size;

	if (!type)
		return -1;
	if (!btf_is_composite(type) || index >= btf_vlen(type)) {
		errno = EINVAL;
		return -1;
	}
	member = btf_members(type) + index;
	size = btf__resolve_size(btf, member->type);
	if (size < 0)
		return -1;
	out->name = btf__name_by_offset(btf, member->name_off);
	out->offset = btf_member_bit_offset(type, index) / 8;
	out->size = (uint32_t)size;
	return 0;
}

int32_t na_btf__enum_value(const struct btf *btf, uint32_t id, uint32_t index,
			   struct na_btf_enum_value *out)
{
	const struct btf_type *type = type_of(btf, id);

	if (!type)
		return -1;
	if (!btf_is_enum(type) || index >= btf_vlen(type)) {
		errno = EINVAL;
		return -1;
	}
	out->name = btf__name_by_offset(btf, btf_enum(type)[index].name_off);
	out->value = btf_enum(type)[index].val;
	return 0;
}

struct btf *na_kernel_btf__load(void)
{
	return btf__load_vmlinux_btf();
}

int32_t na_kernel_btf__has(const struct btf *btf, const char *name, uint32_t kind)
{
	return btf__find_by_name_kind(btf, name, kind) > 0;
}

void na_kernel_btf__free(struct btf *btf)
{
	btf__free(btf);
}
