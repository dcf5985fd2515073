/* SPDX-License-Identifier: Apache-2.0 */
/* Calls into parts of the kernel; most of them made so that they are refused. One operation for
 * each run, see main. */
#include "workload.h"
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <linux/keyctl.h>
#include <linux/userfaultfd.h>

#define TOLD_ONCE 50

static long call_bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static void make_map(void)
{
	union bpf_attr create = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1};
	union bpf_attr query;
	struct bpf_map_info info = {0};
	int fd, i;

	strcpy(create.map_name, "workload_map");
	fd = must(call_bpf(BPF_MAP_CREATE, &create), "BPF_MAP_CREATE");
	memset(&query, 0, sizeof(query));
	query.info.bpf_fd = fd;
	query.info.info_len = sizeof(info);
	query.info.info = (unsigned long)&info;
	must(call_bpf(BPF_OBJ_GET_INFO_BY_FD, &query), "BPF_OBJ_GET_INFO_BY_FD");
	fact("map_id", "%u", info.id);
	memset(&query, 0, sizeof(query));
	query.map_id = info.id;
	for (i = 0; i < TOLD_ONCE; i++)
		close(must(call_bpf(BPF_MAP_GET_FD_BY_ID, &query), "BPF_MAP_GET_FD_BY_ID"));
	create.max_entries = 0;
	if (call_bpf(BPF_MAP_CREATE, &create) >= 0 || errno != EINVAL)
		fail("a map without entries");
}

static void make_program(void)
{
	struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (unsigned long)code,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
	};
	struct bpf_prog_info info = {0};
	union bpf_attr other;
	int program;

	strcpy(attributes.prog_name, "workload_prog");
	program = must(call_bpf(BPF_PROG_LOAD, &attributes), "BPF_PROG_LOAD");
	memset(&other, 0, sizeof(other));
	other.info.bpf_fd = program;
	other.info.info_len = sizeof(info);
	other.info.info = (unsigned long)&info;
	must(call_bpf(BPF_OBJ_GET_INFO_BY_FD, &other), "BPF_OBJ_GET_INFO_BY_FD");
	fact("program_id", "%u", info.id);
	memset(&other, 0, sizeof(other));
	other.raw_tracepoint.name = (unsigned long)"sched_process_hang";
	other.raw_tracepoint.prog_fd = program;
	if (call_bpf(BPF_RAW_TRACEPOINT_OPEN, &other) < 0) {
		other.raw_tracepoint.name = (unsigned long)"sched_process_exec";
		must(call_bpf(BPF_RAW_TRACEPOINT_OPEN, &other), "BPF_RAW_TRACEPOINT_OPEN");
	}
	attributes.insn_cnt = 1;
	if (call_bpf(BPF_PROG_LOAD, &attributes) >= 0)
		fail("a program without an end");
	fact("load_error", "%d", errno);
}

static void open_perf(void)
{
	struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
					     .size = sizeof(attributes),
					     .config = PERF_COUNT_SW_CONTEXT_SWITCHES};
	long fd = syscall(SYS_perf_event_open, &attributes, getpid(), -1, -1, 0);

	fact("perf_error", "%d", fd < 0 ? errno : 0);
	attributes.type = 0x7fffffff;
	if (syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0) >= 0)
		fail("an event of no type");
	fact("type_error", "%d", errno);
}

static void use_keys(void)
{
	int i;

	for (i = 0; i < TOLD_ONCE; i++)
		syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1);
	fact("key_error", "%d",
	     syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0) < 0 ? errno : 0);
}

static void handle_faults(void)
{
	long fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	fact("fault_error", "%d", fd < 0 ? errno : 0);
}

/* Submits the same no-operation many times, then one timeout removal, which fails. */
static void use_rings(void)
{
	struct io_uring_params params = {.flags = IORING_SETUP_CLAMP};
	long fd = syscall(SYS_io_uring_setup, 4, &params);
	unsigned int *tail, *array, mask;
	struct io_uring_sqe *entries;
	char *ring;
	int i;

	fact("uring_error", "%d", fd < 0 ? errno : 0);
	if (fd < 0)
		return;
	ring = mmap(NULL, 4096 * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		    IORING_OFF_SQ_RING);
	entries = mmap(NULL, params.sq_entries * sizeof(*entries), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || entries == MAP_FAILED)
		fail("mmap");
	tail = (void *)(ring + params.sq_off.tail);
	array = (void *)(ring + params.sq_off.array);
	mask = *(unsigned int *)(ring + params.sq_off.ring_mask);
	for (i = 0; i < TOLD_ONCE; i++) {
		unsigned int at = *tail & mask;

		memset(&entries[at], 0, sizeof(entries[at]));
		entries[at].opcode = i == TOLD_ONCE - 1 ? IORING_OP_TIMEOUT_REMOVE : IORING_OP_NOP;
		array[at] = at;
		__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
		must(syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 0), "io_uring_enter");
	}
}

static void refuse_modules(const char *file)
{
	int fd = must(open(file, O_RDONLY), file);
	int i;

	for (i = 0; i < 2; i++) {
		if (syscall(SYS_init_module, "not a module", 12, "") == 0)
			fail("init_module");
		fact(i ? "init_error2" : "init_error", "%d", errno);
	}
	if (syscall(SYS_finit_module, fd, "", 1) == 0)
		fail("finit_module");
	fact("finit_error", "%d", errno);
	if (syscall(SYS_delete_module, "workload_module", O_NONBLOCK) == 0)
		fail("delete_module");
	fact("delete_error", "%d", errno);
}

static void refuse_kernels(const char *file)
{
	int fd = must(open(file, O_RDONLY), file);

#ifdef SYS_kexec_load
	if (syscall(SYS_kexec_load, 0, 17, NULL, 0x1000000) == 0)
		fail("kexec_load");
	fact("kexec_error", "%d", errno);
#endif
#ifdef SYS_kexec_file_load
	if (syscall(SYS_kexec_file_load, fd, -1, 0, NULL, 4) == 0)
		fail("kexec_file_load");
	fact("kexec_file_error", "%d", errno);
#endif
	if (syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, 0x12345678, NULL) == 0)
		fail("reboot");
	fact("reboot_error", "%d", errno);
}

int main(int argc, char **argv)
{
	const char *operation = argc > 1 ? argv[1] : "";

	fact("pid", "%d", getpid());
	if (strcmp(operation, "map") == 0)
		make_map();
	else if (strcmp(operation, "program") == 0)
		make_program();
	else if (strcmp(operation, "perf") == 0)
		open_perf();
	else if (strcmp(operation, "keys") == 0)
		use_keys();
	else if (strcmp(operation, "faults") == 0)
		handle_faults();
	else if (strcmp(operation, "rings") == 0)
		use_rings();
	else if (strcmp(operation, "modules") == 0 && argc > 2)
		refuse_modules(argv[2]);
	else if (strcmp(operation, "kernels") == 0 && argc > 2)
		refuse_kernels(argv[2]);
	else
		fail("usage: privilege_kernel OPERATION [FILE]");
	return 0;
}
