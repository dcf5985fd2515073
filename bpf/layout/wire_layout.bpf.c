/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Holds no program: it exists for its BTF, which the C# mirrors of the wire format are compared
 * with. */
#include "kernel.h"
#include "event.h"

/* A type is only emitted when something has it. */
#define NA_EMIT_STRUCT(type) struct type na_layout_##type SEC(".data.layout")
#define NA_EMIT_ENUM(type)   enum type na_layout_##type SEC(".data.layout")

NA_EMIT_STRUCT(na_string);
NA_EMIT_STRUCT(na_header);
NA_EMIT_STRUCT(na_exec);
NA_EMIT_STRUCT(na_fork);
NA_EMIT_STRUCT(na_exit);
NA_EMIT_STRUCT(na_open);
NA_EMIT_STRUCT(na_tcp);
NA_EMIT_STRUCT(na_flow);
NA_EMIT_STRUCT(na_dns);
NA_EMIT_STRUCT(na_cgroup);
NA_EMIT_STRUCT(na_lost_key);
NA_EMIT_ENUM(na_kind);
NA_EMIT_ENUM(na_header_flag);
NA_EMIT_ENUM(na_exec_flag);
NA_EMIT_ENUM(na_open_flag);
NA_EMIT_ENUM(na_direction);
NA_EMIT_ENUM(na_dns_flag);
