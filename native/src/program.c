/* SPDX-License-Identifier: Apache-2.0 */
#include "nodeagent.h"

#include <string.h>

const char *na_program__name(const struct bpf_program *program)
{
	return bpf_program__name(program);
}

const char *na_program__section(const struct bpf_program *program)
{
	return bpf_program__section_name(program);
}

int32_t na_program__type(const struct bpf_program *program)
{
	return bpf_program__type(program);
}

int32_t na_program__attach_type(const struct bpf_program *program)
{
	return bpf_program__expected_attach_type(program);
}

int32_t na_program__insn_count(const struct bpf_program *program)
{
	return (int32_t)bpf_program__insn_cnt(program);
}

int32_t na_program__fd(const struct bpf_program *program)
{
	return bpf_program__fd(program);
}

int32_t na_program__autoload(const struct bpf_program *program)
{
	return bpf_program__autoload(program);
}

int32_t na_program__set_autoload(struct bpf_program *program, int32_t autoload)
{
	return bpf_program__set_autoload(program, autoload != 0);
}

int32_t na_program__set_log_buffer(struct bpf_program *program, void *buffer, uint64_t size,
				   uint32_t level)
{
	int error = bpf_program__set_log_level(program, level);

	return error ? error : bpf_program__set_log_buf(program, buffer, size);
}

struct bpf_link *na_program__attach(const struct bpf_program *program)
{
	return bpf_program__attach(program);
}

struct bpf_link *na_program__attach_cgroup(const struct bpf_program *program, int32_t cgroup_fd)
{
	return bpf_program__attach_cgroup(program, cgroup_fd);
}

int32_t na_link__fd(const struct bpf_link *link)
{
	return bpf_link__fd(link);
}

int32_t na_link__destroy(struct bpf_link *link)
{
	return bpf_link__destroy(link);
}

int32_t na_iterator__create(int32_t link_fd)
{
	return bpf_iter_create(link_fd);
}

int32_t na_program_fd__info(int32_t fd, struct na_program_info *info)
{
	struct bpf_prog_info kernel = {};
	__u32 size = sizeof(kernel);
	int error = bpf_obj_get_info_by_fd(fd, &kernel, &size);

	if (error)
		return error;
	info->id = kernel.id;
	info->type = kernel.type;
	info->verified_insns = kernel.verified_insns;
	info->jited_size = kernel.jited_prog_len;
	memcpy(info->name, kernel.name, sizeof(info->name));
	info->run_count = kernel.run_cnt;
	info->run_time_ns = kernel.run_time_ns;
	info->recursion_misses = kernel.recursion_misses;
	return 0;
}

/* By its number; takes CAP_SYS_ADMIN. */
int32_t na_program__open(uint32_t id)
{
	return bpf_prog_get_fd_by_id(id);
}

int32_t na_statistics__enable(void)
{
	return bpf_enable_stats(BPF_STATS_RUN_TIME);
}
