# SPDX-License-Identifier: Apache-2.0
# Part of scripts/kernels.sh: one guest, from power-on to power-off.

# boot_guest IMAGE OUT LIMIT COMMAND [ARGUMENT...]: runs the command in a guest.
#   OUT      folder for log, console, results (/run/out in the guest); made new
#   LIMIT    seconds until a guest that does not end is ended
# Prints nothing. OUT/rc is the command's exit code; OUT/failure says why there is none.
#
# A kernel writes into its own code while it starts, and an emulated CPU of a loaded machine now and then runs what stood there
# before (int3). A panic before the guest's script began says nothing of us: such a guest is started again.
readonly boot_tries=3
boot_guest() {
	local try
	for ((try = 1; try <= boot_tries; try++)); do
		run_guest "$@"
		[[ ! -e $2/log && -s $2/failure && $(cat "$2/failure") == *'Kernel panic'* ]] || return 0
	done
}

run_guest() {
	local image=$1 out=$2 limit=$3 qemu status
	shift 3
	rm -rf "$out"
	mkdir -p "$out"
	write_run "$cache/images/$image" "$@" >"$out/run"
	qemu-system-x86_64 -accel tcg -cpu max,-la57 -m 3072 -smp "$guest_cpus" -display none -no-reboot -nic none \
		-monitor none -serial "file:$out/console" \
		-kernel "$cache/images/$image/kernel" -initrd "$cache/images/$image/initramfs" \
		-append "console=ttyS0 panic=-1 loglevel=4" \
		-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev "local,id=out,path=$out,security_model=none" \
		-device virtio-9p-pci,fsdev=out,mount_tag=out >"$out/qemu" 2>&1 </dev/null &
	qemu=$!
	end_after "$limit" "$qemu" "$out" &
	# The shell would tell of each process that was killed.
	{ wait "$qemu"; status=$?; kill $!; wait $!; } 2>/dev/null
	[[ -s $out/rc || -s $out/failure ]] && return
	if grep -qs 'Kernel panic' "$out/console"; then
		grep -m 1 'Kernel panic' "$out/console" >"$out/failure"
	else
		echo "the guest ended without a result, QEMU with status $status: see $out/console" >"$out/failure"
	fi
}

# end_after SECONDS PID OUT: ends a guest that takes too long.
end_after() {
	local sleeper
	sleep "$1" &
	sleeper=$!
	trap 'kill $sleeper 2>/dev/null; exit' TERM
	wait "$sleeper"
	[[ -s $3/rc ]] || echo "the guest did not end within $1 s; last line: $(tail -n 1 "$3/log" "$3/console" 2>/dev/null | tr -d '\r' | tail -n 1)" >"$3/failure"
	kill -KILL "$2" 2>/dev/null
}

# write_run IMAGE-FOLDER COMMAND...: the script that init goes on with.
write_run() {
	echo '#!/bin/bash'
	printf 'export image=%q workloads=%q\n' "$1" "$repository/out/workloads"
	# Compiling methods a second time (hexadecimal milliseconds until then) pays off in no run as short as these.
	printf 'export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_ROOT=%q DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=10000000\n' "$dotnet_root"
	shift
	# A clone in /tmp, of which a guest has one of its own.
	if [[ $repository == /tmp/* ]]; then
		printf '/bin/mkdir -p %q\n' "$repository"
		printf '/bin/mount --bind %q %q\n' "/run/host-tmp/${repository#/tmp/}" "$repository"
	fi
	printf 'exec /bin/bash %q' "$scripts/kernels/guest.sh"
	printf ' %q' "$@"
	echo
}
