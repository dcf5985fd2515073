/* SPDX-License-Identifier: Apache-2.0 */
#include "nodeagent.h"

#include <string.h>

const char *na_map__name(const struct bpf_map *map)
{
	return bpf_map__name(map);
}

int32_t na_map__type(const struct bpf_map *map)
{
	return bpf_map__type(map);
}

uint32_t na_map__key_size(const struct bpf_map *map)
{
	return bpf_map__key_size(map);
}

uint32_t na_map__value_size(const struct bpf_map *map)
{
	return bpf_map__value_size(map);
}

uint32_t na_map__max_entries(const struct bpf_map *map)
{
	return bpf_map__max_entries(map);
}

int32_t na_map__is_internal(const struct bpf_map *map)
{
	return bpf_map__is_internal(map);
}

uint32_t na_map__flags(const struct bpf_map *map)
{
	return bpf_map__map_flags(map);
}

uint32_t na_map__key_type(const struct bpf_map *map)
{
	return bpf_map__btf_key_type_id(map);
}

uint32_t na_map__value_type(const struct bpf_map *map)
{
	return bpf_map__btf_value_type_id(map);
}

int32_t na_map__fd(const struct bpf_map *map)
{
	return bpf_map__fd(map);
}

int32_t na_map__set_max_entries(struct bpf_map *map, uint32_t max_entries)
{
	return bpf_map__set_max_entries(map, max_entries);
}

int32_t na_map__set_inner_map_fd(struct bpf_map *map, int32_t fd)
{
	return bpf_map__set_inner_map_fd(map, fd);
}

int32_t na_map__set_initial_value(struct bpf_map *map, const void *value, uint32_t size)
{
	return bpf_map__set_initial_value(map, value, size);
}

int32_t na_map__reuse_fd(struct bpf_map *map, int32_t fd)
{
	return bpf_map__reuse_fd(map, fd);
}

int32_t na_map_fd__create(uint32_t type, const char *name, uint32_t key_size, uint32_t value_size,
			  uint32_t max_entries, uint32_t flags, int32_t inner_fd)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);

	if (inner_fd >= 0)
		options.inner_map_fd = (__u32)inner_fd;
	return bpf_map_create(type, name, key_size, value_size, max_entries, &options);
}

int32_t na_map_fd__info(int32_t fd, struct na_map_info *info)
{
	struct bpf_map_info kernel = {};
	__u32 size = sizeof(kernel);
	int error = bpf_obj_get_info_by_fd(fd, &kernel, &size);

	if (error)
		return error;
	info->id = kernel.id;
	info->type = kernel.type;
	info->key_size = kernel.key_size;
	info->value_size = kernel.value_size;
	info->max_entries = kernel.max_entries;
	info->flags = kernel.map_flags;
	memcpy(info->name, kernel.name, sizeof(info->name));
	return 0;
}

int32_t na_map_fd__lookup(int32_t fd, const void *key, void *value)
{
	return bpf_map_lookup_elem(fd, key, value);
}

int32_t na_map_fd__update(int32_t fd, const void *key, const void *value, uint64_t flags)
{
	return bpf_map_update_elem(fd, key, value, flags);
}

int32_t na_map_fd__delete(int32_t fd, const void *key)
{
	return bpf_map_delete_elem(fd, key);
}

int32_t na_map_fd__next_key(int32_t fd, const void *previous, void *next)
{
	return bpf_map_get_next_key(fd, previous, next);
}

int32_t na_map_fd__lookup_batch(int32_t fd, void *in_batch, void *out_batch, void *keys,
				void *values, uint32_t *count)
{
	return bpf_map_lookup_batch(fd, in_batch, out_batch, keys, values, count, NULL);
}

/* Reads entries and deletes them. */
int32_t na_map_fd__take_batch(int32_t fd, void *in_batch, void *out_batch, void *keys, void *values,
			      uint32_t *count)
{
	return bpf_map_lookup_and_delete_batch(fd, in_batch, out_batch, keys, values, count, NULL);
}

int32_t na_cpu__possible_count(void)
{
	return libbpf_num_possible_cpus();
}
