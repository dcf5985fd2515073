/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bpf(2) and perf_event_open(2): what was made, as the kernel's object says. */
#ifndef NA_PRIVILEGE_BPF_BPF_H
#define NA_PRIVILEGE_BPF_BPF_H

#include "privilege.bpf.h"

/* Offsets in union bpf_attr. */
#define NA_ATTR_TYPE	     0 /* map_type, prog_type */
#define NA_ATTR_ATTACH_PROG  4 /* attach_bpf_fd */
#define NA_ATTR_ATTACH_TYPE  8
#define NA_ATTR_MAP_NAME     28
#define NA_ATTR_PROGRAM_NAME 48

/* Not those that only use what is there: elements of maps, queries, test runs. */
static __always_inline bool na_bpf__is_wanted(__u64 command)
{
	switch ((__u32)command) {
	case BPF_MAP_CREATE:
	case BPF_PROG_LOAD:
	case BPF_OBJ_GET:
	case BPF_PROG_ATTACH:
	case BPF_PROG_DETACH:
	case BPF_PROG_GET_FD_BY_ID:
	case BPF_MAP_GET_FD_BY_ID:
	case BPF_LINK_GET_FD_BY_ID:
	case BPF_RAW_TRACEPOINT_OPEN:
	case BPF_LINK_CREATE:
	case BPF_LINK_UPDATE:
	case BPF_LINK_DETACH:
		return true;
	default:
		return false;
	}
}

static __always_inline __u32 na_bpf__attribute(__u64 attributes, __u32 offset)
{
	__u32 value = 0;

	bpf_probe_read_user(&value, sizeof(value), (const void *)(attributes + offset));
	return value;
}

static __always_inline void na_bpf__from_program(struct na_privilege_slot *slot,
						 struct bpf_prog *program)
{
	struct bpf_prog_aux *aux = BPF_CORE_READ(program, aux);

	slot->record.arguments[1] = BPF_CORE_READ(program, type);
	slot->record.arguments[2] = BPF_CORE_READ(aux, id);
	na_privilege__name_from_kernel(slot, &aux->name);
}

static __always_inline void na_bpf__from_map(struct na_privilege_slot *slot, struct bpf_map *map)
{
	slot->record.arguments[1] = BPF_CORE_READ(map, map_type);
	slot->record.arguments[2] = BPF_CORE_READ(map, id);
	na_privilege__name_from_kernel(slot, &map->name);
}

/* The name is that of the link's program. */
static __always_inline void na_bpf__from_link(struct na_privilege_slot *slot, struct bpf_link *link)
{
	struct bpf_prog_aux *aux = BPF_CORE_READ(link, prog, aux);

	slot->record.arguments[1] = BPF_CORE_READ(link, type);
	slot->record.arguments[2] = BPF_CORE_READ(link, id);
	if (aux)
		na_privilege__name_from_kernel(slot, &aux->name);
}

/* The call gave a descriptor: of what, its command says. */
static __always_inline void na_bpf__from_result(struct na_privilege_slot *slot, __u32 command,
						void *object)
{
	switch (command) {
	case BPF_PROG_LOAD:
	case BPF_PROG_GET_FD_BY_ID:
		return na_bpf__from_program(slot, object);
	case BPF_MAP_CREATE:
	case BPF_MAP_GET_FD_BY_ID:
		return na_bpf__from_map(slot, object);
	case BPF_LINK_CREATE:
	case BPF_LINK_GET_FD_BY_ID:
	case BPF_RAW_TRACEPOINT_OPEN:
		return na_bpf__from_link(slot, object);
	default:
		return;
	}
}

/* Nothing was made, or what was made has no descriptor: only the caller's memory tells. */
static __always_inline void na_bpf__from_attributes(struct na_privilege_slot *slot,
						    const struct na_privilege_call *call,
						    __u32 command)
{
	__u64 attributes = na_privilege_call__argument(call, 1);
	struct file *program = NULL;

	switch (command) {
	case BPF_PROG_LOAD:
	case BPF_MAP_CREATE:
		slot->record.arguments[1] = na_bpf__attribute(attributes, NA_ATTR_TYPE);
		na_privilege__name_from_user(slot, attributes + (command == BPF_PROG_LOAD
									 ? NA_ATTR_PROGRAM_NAME
									 : NA_ATTR_MAP_NAME));
		return;
	case BPF_PROG_ATTACH:
	case BPF_PROG_DETACH:
		program = na_task__open_file(
			call->task, (int)na_bpf__attribute(attributes, NA_ATTR_ATTACH_PROG));
		if (program)
			na_bpf__from_program(slot, NA_FIELD(program, private_data));
		slot->record.arguments[1] = na_bpf__attribute(attributes, NA_ATTR_ATTACH_TYPE);
		return;
	case BPF_LINK_CREATE:
		slot->record.arguments[1] = na_bpf__attribute(attributes, NA_ATTR_ATTACH_TYPE);
		return;
	case BPF_PROG_GET_FD_BY_ID:
	case BPF_MAP_GET_FD_BY_ID:
	case BPF_LINK_GET_FD_BY_ID:
		slot->record.arguments[2] = na_bpf__attribute(attributes, NA_ATTR_TYPE);
		return;
	default:
		return;
	}
}

static __always_inline void na_privilege__fill_bpf(struct na_privilege_slot *slot,
						   const struct na_privilege_call *call)
{
	__u32 command = na_privilege_call__argument(call, 0);
	__u64 pathname = 0;
	struct file *made = NULL;

	slot->record.arguments[0] = command;
	if (command == BPF_OBJ_GET) {
		bpf_probe_read_user(&pathname, sizeof(pathname),
				    (const void *)na_privilege_call__argument(call, 1));
		na_privilege__name_from_user(slot, pathname);
	} else {
		if (command != BPF_PROG_ATTACH && command != BPF_PROG_DETACH)
			made = na_task__open_file(call->task, call->result);
		if (made && command != BPF_LINK_UPDATE && command != BPF_LINK_DETACH)
			na_bpf__from_result(slot, command, NA_FIELD(made, private_data));
		else
			na_bpf__from_attributes(slot, call, command);
	}
	slot->key.first = command | slot->record.arguments[1] << 32;
	slot->key.second = na_privilege__hash_detail(slot);
}

/* perf_event_open: attributes, pid, cpu. */
static __always_inline void na_privilege__fill_perf(struct na_privilege_slot *slot,
						    const struct na_privilege_call *call)
{
	struct na_privilege *record = &slot->record;
	struct file *file = na_task__open_file(call->task, call->result);
	const struct perf_event_attr *asked = (const void *)na_privilege_call__argument(call, 0);
	int pid = na_privilege_call__argument(call, 1);

	if (file) {
		struct perf_event *event = NA_FIELD(file, private_data);

		record->arguments[0] = BPF_CORE_READ(event, attr.type);
		record->arguments[1] = BPF_CORE_READ(event, attr.config);
	} else {
		bpf_probe_read_user(&record->arguments[0], sizeof(__u32), asked);
		bpf_probe_read_user(&record->arguments[1], sizeof(__u64), (const void *)asked + 8);
	}
	record->arguments[2] = pid;
	record->arguments[3] = (int)na_privilege_call__argument(call, 2);
	if (pid > 0)
		na_privilege__target(record, na_pid__task(call->task, pid));
	slot->key.first = record->arguments[0] << 32 | (__u32)pid;
	slot->key.second = record->arguments[1];
}

#endif /* NA_PRIVILEGE_BPF_BPF_H */
