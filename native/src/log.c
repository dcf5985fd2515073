/* SPDX-License-Identifier: Apache-2.0 */
#include "nodeagent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static na_log_fn log_callback;

static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
	na_log_fn callback = __atomic_load_n(&log_callback, __ATOMIC_ACQUIRE);
	int saved = errno; /* libbpf logs between a failed call and its look at errno */
	char line[1024];
	va_list again;
	int length;

	if (!callback)
		return 0;

	va_copy(again, arguments);
	length = vsnprintf(line, sizeof(line), format, arguments);
	if (length > 0 && (size_t)length < sizeof(line)) {
		callback(level, line, length);
	} else if (length > 0) {
		char *heap = malloc((size_t)length + 1);

		if (heap) {
			vsnprintf(heap, (size_t)length + 1, format, again);
			callback(level, heap, length);
			free(heap);
		}
	}
	va_end(again);
	errno = saved;
	return 0;
}

void na_log__set(na_log_fn callback)
{
	__atomic_store_n(&log_callback, callback, __ATOMIC_RELEASE);
	libbpf_set_print(print);
}
