/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one native library of the agent: libbpf and the few system calls that .NET does not offer,
 * with fixed-width types so that the managed declarations need no platform knowledge.
 *
 * Errors: a function that returns int32_t returns a negative number, one that returns a pointer
 * returns NULL; errno holds the reason in both cases. Nothing here keeps state but the log
 * callback.
 */
#ifndef NODEAGENT_H
#define NODEAGENT_H

#include <stdint.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

/* log.c. level: 0 warn, 1 info, 2 debug (enum libbpf_print_level). text is not NUL-ended. */
typedef void (*na_log_fn)(int32_t level, const char *text, int32_t length);
void na_log__set(na_log_fn callback);

/* object.c */
struct bpf_object *na_object__open(const void *bytes, uint64_t size, const char *name);
void na_object__close(struct bpf_object *object);
int32_t na_object__load(struct bpf_object *object);
int32_t na_object__set_rodata(struct bpf_object *object, const char *variable, const void *value,
			      uint32_t size);
struct bpf_map *na_object__find_map(struct bpf_object *object, const char *name);
struct bpf_map *na_object__next_map(struct bpf_object *object, struct bpf_map *previous);
struct bpf_program *na_object__find_program(struct bpf_object *object, const char *name);
struct bpf_program *na_object__next_program(struct bpf_object *object,
					    struct bpf_program *previous);
const struct btf *na_object__btf(const struct bpf_object *object);

/* program.c */
const char *na_program__name(const struct bpf_program *program);
const char *na_program__section(const struct bpf_program *program);
int32_t na_program__type(const struct bpf_program *program);
int32_t na_program__attach_type(const struct bpf_program *program);
int32_t na_program__insn_count(const struct bpf_program *program);
int32_t na_program__fd(const struct bpf_program *program);
int32_t na_program__autoload(const struct bpf_program *program);
int32_t na_program__set_autoload(struct bpf_program *program, int32_t autoload);
int32_t na_program__set_log_buffer(struct bpf_program *program, void *buffer, uint64_t size,
				   uint32_t level);
struct bpf_link *na_program__attach(const struct bpf_program *program);
struct bpf_link *na_program__attach_cgroup(const struct bpf_program *program, int32_t cgroup_fd);

int32_t na_link__fd(const struct bpf_link *link);
int32_t na_link__destroy(struct bpf_link *link);
int32_t na_iterator__create(int32_t link_fd);

struct na_program_info {
	uint32_t id;
	uint32_t type;
	uint32_t verified_insns; /* 0 before Linux 5.16 */
	uint32_t jited_size;	 /* bytes */
	char name[BPF_OBJ_NAME_LEN];
	uint64_t run_count; /* run_count and run_time grow while statistics are on */
	uint64_t run_time_ns;
	uint64_t recursion_misses; /* 0 before Linux 5.12 */
};
int32_t na_program_fd__info(int32_t fd, struct na_program_info *info);
int32_t na_program__open(uint32_t id);
/* Statistics are on, for all programs of the machine, while the descriptor is open. */
int32_t na_statistics__enable(void);

/* map.c: maps of an opened object */
const char *na_map__name(const struct bpf_map *map);
int32_t na_map__type(const struct bpf_map *map);
uint32_t na_map__key_size(const struct bpf_map *map);
uint32_t na_map__value_size(const struct bpf_map *map);
uint32_t na_map__max_entries(const struct bpf_map *map);
int32_t na_map__is_internal(const struct bpf_map *map);
uint32_t na_map__flags(const struct bpf_map *map);
uint32_t na_map__key_type(const struct bpf_map *map); /* BTF id; 0 = none */
uint32_t na_map__value_type(const struct bpf_map *map);
int32_t na_map__fd(const struct bpf_map *map);
int32_t na_map__set_max_entries(struct bpf_map *map, uint32_t max_entries);
int32_t na_map__set_inner_map_fd(struct bpf_map *map, int32_t fd);
int32_t na_map__set_initial_value(struct bpf_map *map, const void *value, uint32_t size);
int32_t na_map__reuse_fd(struct bpf_map *map, int32_t fd);

/* map.c: maps by descriptor. inner_fd < 0 = none. */
struct na_map_info {
	uint32_t id;
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	char name[BPF_OBJ_NAME_LEN];
};
int32_t na_map_fd__create(uint32_t type, const char *name, uint32_t key_size, uint32_t value_size,
			  uint32_t max_entries, uint32_t flags, int32_t inner_fd);
int32_t na_map_fd__info(int32_t fd, struct na_map_info *info);
int32_t na_map_fd__lookup(int32_t fd, const void *key, void *value);
int32_t na_map_fd__update(int32_t fd, const void *key, const void *value, uint64_t flags);
int32_t na_map_fd__delete(int32_t fd, const void *key);
int32_t na_map_fd__next_key(int32_t fd, const void *previous, void *next);
int32_t na_map_fd__lookup_batch(int32_t fd, void *in_batch, void *out_batch, void *keys,
				void *values, uint32_t *count);
int32_t na_map_fd__take_batch(int32_t fd, void *in_batch, void *out_batch, void *keys, void *values,
			      uint32_t *count);
int32_t na_cpu__possible_count(void);

/* pin.c: kind 1 = map, 2 = program, 3 = link, 0 = something else */
struct na_link_info {
	uint32_t id;
	uint32_t type; /* enum bpf_link_type */
	uint32_t program_id;
	uint32_t padding;
};
int32_t na_pin__create(int32_t fd, const char *path);
int32_t na_pin__open(const char *path);
int32_t na_pin__kind(int32_t fd);
int32_t na_link__keep(struct bpf_link *link);
int32_t na_link_fd__info(int32_t fd, struct na_link_info *info);
int32_t na_link__exists(uint32_t id);
int32_t na_fd__try_lock(int32_t fd);
int32_t na_path__is_bpffs(const char *path);
int32_t na_path__mount_bpffs(const char *path);

/* btf.c: strings stay valid while the object is open */
struct na_btf_type {
	const char *name;
	uint32_t kind; /* BTF_KIND_* */
	uint32_t size; /* bytes; 0 for kinds without one */
	uint32_t member_count;
	uint32_t padding;
};
struct na_btf_member {
	const char *name;
	uint32_t offset; /* bytes */
	uint32_t size;	 /* bytes */
};
struct na_btf_enum_value {
	const char *name;
	int64_t value;
};
int32_t na_btf__type_count(const struct btf *btf);
int32_t na_btf__type(const struct btf *btf, uint32_t id, struct na_btf_type *type);
int32_t na_btf__member(const struct btf *btf, uint32_t id, uint32_t index,
		       struct na_btf_member *member);
int32_t na_btf__enum_value(const struct btf *btf, uint32_t id, uint32_t index,
			   struct na_btf_enum_value *value);

/* btf.c: the running kernel's own types */
struct btf *na_kernel_btf__load(void);
int32_t na_kernel_btf__has(const struct btf *btf, const char *name, uint32_t kind);
void na_kernel_btf__free(struct btf *btf);

/* system.c */
void *na_memory__map(void *address, uint64_t length, int32_t writable, int32_t fd, uint64_t offset);
void *na_memory__reserve(uint64_t length);
int32_t na_memory__unmap(void *address, uint64_t length);
int32_t na_memory__create_file(const char *name, uint64_t length);
uint32_t na_memory__page_size(void);
int32_t na_memory__raise_lock_limit(void);
int32_t na_epoll__create(void);
int32_t na_epoll__add(int32_t epoll_fd, int32_t fd);
int32_t na_epoll__wait(int32_t epoll_fd, int32_t timeout_ms);
int32_t na_fd__open_directory(const char *path);
int32_t na_fd__read(int32_t fd, void *buffer, uint32_t size);
int32_t na_fd__duplicate(int32_t fd);
int32_t na_fd__close(int32_t fd);
int32_t na_thread__sleep(uint64_t duration_ns);
uint64_t na_clock__boot_time_ns(void);
uint64_t na_clock__tick_ns(void); /* of the kernel's timer: 10^9 / HZ */
int32_t na_process__effective_uid(void);
const char *na_error__name(int32_t error);

/* root.c */
struct na_file_facts {
	uint64_t device;
	uint64_t inode;
	uint64_t size;
	int64_t modified_ns; /* since 1970 */
	int64_t changed_ns;
	uint32_t mode; /* with the type */
	uint32_t uid;
	uint32_t gid;
	uint32_t links;
};
/* Fails with EISDIR or ENXIO for what is no regular file. */
int32_t na_root__open_file(int32_t root_fd, const char *path, struct na_file_facts *facts);
int32_t na_root__open_directory(int32_t root_fd, const char *path);
int32_t na_root__facts(int32_t root_fd, const char *path, int32_t follow,
		       struct na_file_facts *facts);
int32_t na_root__read_link(int32_t root_fd, const char *path, void *buffer, uint32_t size);
int32_t na_directory__read(int32_t fd, void *buffer, uint32_t size);
int32_t na_directory__facts(int32_t fd, const void *name, struct na_file_facts *facts);
int32_t na_directory__open(int32_t fd, const void *name);
int32_t na_file__facts(int32_t fd, struct na_file_facts *facts);
int32_t na_root__attribute(int32_t root_fd, const char *path, const char *name, void *buffer,
			   uint32_t size);
int32_t na_watch__create(void);
int32_t na_watch__add(int32_t fd, int32_t file_fd);
int32_t na_watch__remove(int32_t fd, int32_t watch);
int32_t na_directory__attribute(int32_t fd, const void *name, const char *attribute, void *buffer,
				uint32_t size);

#endif /* NODEAGENT_H */
