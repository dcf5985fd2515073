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
NA_EMIT_STRUCT(na_suppressed);
NA_EMIT_STRUCT(na_exec_failed);
NA_EMIT_STRUCT(na_credentials);
NA_EMIT_STRUCT(na_namespace);
NA_EMIT_STRUCT(na_signal);
NA_EMIT_STRUCT(na_file_change);
NA_EMIT_STRUCT(na_socket);
NA_EMIT_STRUCT(na_unix_connect);
NA_EMIT_STRUCT(na_payload);
NA_EMIT_STRUCT(na_capability);
NA_EMIT_STRUCT(na_privilege);
NA_EMIT_STRUCT(na_syscall);
NA_EMIT_ENUM(na_kind);
NA_EMIT_ENUM(na_header_flag);
NA_EMIT_ENUM(na_exec_flag);
NA_EMIT_ENUM(na_open_flag);
NA_EMIT_ENUM(na_direction);
NA_EMIT_ENUM(na_dns_flag);
NA_EMIT_ENUM(na_class);
NA_EMIT_ENUM(na_stdin);
NA_EMIT_ENUM(na_namespace_operation);
NA_EMIT_ENUM(na_signal_operation);
NA_EMIT_ENUM(na_file_operation);
NA_EMIT_ENUM(na_socket_operation);
NA_EMIT_ENUM(na_payload_protocol);
NA_EMIT_ENUM(na_payload_flag);
NA_EMIT_ENUM(na_privilege_operation);
NA_EMIT_ENUM(na_syscall_flag);
