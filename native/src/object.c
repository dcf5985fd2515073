/* SPDX-License-Identifier: Apache-2.0 */
#include "nodeagent.h"

#include <errno.h>
#include <string.h>

struct bpf_object *na_object__open(const void *bytes, uint64_t size, const char *name)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = name);

	return bpf_object__open_mem(bytes, size, &options);
}

void na_object__close(struct bpf_object *object)
{
	bpf_object__close(object);
}

int32_t na_object__load(struct bpf_object *object)
{
	return bpf_object__load(object);
}

/* ENOENT: the object has no such constant. EINVAL: it has another size. */
int32_t na_object__set_rodata(struct bpf_object *object, const char *variable, const void *value,
			      uint32_t size)
{
	const struct btf *btf = bpf_object__btf(object);
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");
	int section = btf ? btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC) : -ENOENT;
	const struct btf_type *type;
	const struct btf_var_secinfo *variables;
	size_t data_size;
	char *data;

	if (!map || section < 0) {
		errno = ENOENT;
		return -1;
	}

	/* bpf_map__initial_value() is const since the value may be set whole only; libbpf's own
	 * skeletons write into this memory too, before load. */
	data = (char *)bpf_map__initial_value(map, &data_size);
	type = btf__type_by_id(btf, section);
	variables = btf_var_secinfos(type);
	for (int i = 0; data && i < btf_vlen(type); i++) {
		const struct btf_type *var = btf__type_by_id(btf, variables[i].type);

		if (strcmp(btf__name_by_offset(btf, var->name_off), variable) != 0)
			continue;
		if (variables[i].size != size || variables[i].offset + (size_t)size > data_size) {
			errno = EINVAL;
			return -1;
		}
		memcpy(data + variables[i].offset, value, size);
		return 0;
	}
	errno = ENOENT;
	return -1;
}

struct bpf_map *na_object__find_map(struct bpf_object *object, const char *name)
{
	return bpf_object__find_map_by_name(object, name);
}

struct bpf_map *na_object__next_map(struct bpf_object *object, struct bpf_map *previous)
{
	return bpf_object__next_map(object, previous);
}

struct bpf_program *na_object__find_program(struct bpf_object *object, const char *name)
{
	return bpf_object__find_program_by_name(object, name);
}

struct bpf_program *na_object__next_program(struct bpf_object *object, struct bpf_program *previous)
{
	return bpf_object__next_program(object, previous);
}

const struct btf *na_object__btf(const struct bpf_object *object)
{
	return bpf_object__btf(object);
}
