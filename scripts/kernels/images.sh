# SPDX-License-Identifier: Apache-2.0
# Part of scripts/kernels.sh: Debian's kernel images, downloaded and unpacked but never installed.

# list_images: names of the packages that have what a guest needs, oldest first. Cloud flavours lack 9p.
list_images() {
	{
		apt-cache search --names-only '^linux-image-[0-9]+[.][0-9]+[.][0-9].*-amd64$' 2>/dev/null | cut -d ' ' -f 1
		# What was downloaded before can be booted without apt.
		find "$cache/debs" -name 'linux-image-*.deb' -printf '%f\n' 2>/dev/null | cut -d _ -f 1
	} | grep -v -e -cloud- -e -dbg -e -unsigned | sort -V | uniq
}

# newest_images: of each series (6.1, 6.12) the last image that is not of another flavour.
newest_images() {
	local image series
	local -A newest=()
	while read -r image; do
		[[ $image =~ ^linux-image-([0-9]+\.[0-9]+)\. && $image != *-rt-* ]] || continue
		series=${BASH_REMATCH[1]}
		newest[$series]=$image
	done < <(list_images)
	((${#newest[@]} == 0)) || printf '%s\n' "${newest[@]}" | sort -V
}

# release_of IMAGE: what uname -r says in it.
release_of() { echo "${1#linux-image-}"; }

# fetch_image IMAGE: downloads it unless it is there.
fetch_image() {
	compgen -G "$cache/debs/$1_*.deb" >/dev/null && return
	mkdir -p "$cache/debs"
	(cd "$cache/debs" && apt-get -q download "$1") >"$cache/debs/$1.log" 2>&1 || {
		echo "cannot be downloaded: $(grep -m 1 '^E:' "$cache/debs/$1.log" || echo "see $cache/debs/$1.log")"
		return 1
	}
}

# unpack_image IMAGE: makes $cache/images/IMAGE with the kernel, its modules (without most drivers) and the initramfs.
unpack_image() {
	local image=$1 folder=$cache/images/$1 release
	release=$(release_of "$image")
	[[ -f $folder/initramfs && $folder/initramfs -nt $scripts/kernels/init.sh ]] && return
	rm -rf "$folder" "$folder.new"
	mkdir -p "$folder.new"
	dpkg-deb --fsys-tarfile "$(compgen -G "$cache/debs/${image}_*.deb" | sort -V | tail -1)" |
		tar -x -C "$folder.new" --wildcards --exclude='*/kernel/drivers/[!vnb]*' --exclude='*/kernel/sound/*' \
			--exclude='*/kernel/drivers/net/*/*' './boot/vmlinuz-*' './boot/config-*' './lib/modules/*' || return 1
	depmod -b "$folder.new" "$release" || return 1
	plain_kernel "$folder.new/boot/vmlinuz-$release" "$folder.new/kernel"
	make_initramfs "$folder.new" "$release" || return 1
	mv "$folder.new" "$folder"
}

# plain_kernel BZIMAGE OUT: the ELF image inside, which starts a second earlier than one that unpacks itself under emulation.
plain_kernel() {
	local magic command offset
	# The magic numbers of xz, zstd and gzip; the last match is tried last because the numbers can occur by chance.
	for command in "xz -dc" "zstd -dc" "gzip -dc"; do
		case $command in
		xz*) magic='\xfd7zXZ\x00' ;;
		zstd*) magic='\x28\xb5\x2f\xfd' ;;
		*) magic='\x1f\x8b\x08' ;;
		esac
		while read -r offset; do
			# shellcheck disable=SC2086 # a command with its option
			tail -c +$((offset + 1)) "$1" | $command >"$2" 2>/dev/null
			[[ $(head -c 4 "$2") == $'\x7fELF' ]] && return
		done < <(LC_ALL=C grep -abo -P "$magic" "$1" | LC_ALL=C cut -d : -f 1)
	done
	cp "$1" "$2"
}

# make_initramfs FOLDER RELEASE: busybox, init.sh and the modules that reach the host's files.
make_initramfs() {
	local root=$1/initramfs.root module number=10 out
	mkdir -p "$root/bin" "$root/modules" "$root/proc" "$root/sys" "$root/dev" "$root/lower" "$root/upper" "$root/root"
	cp "$(command -v busybox)" "$root/bin/busybox"
	cp "$scripts/kernels/init.sh" "$root/init"
	chmod 755 "$root/init"
	while read -r module; do
		out=$root/modules/$number-$(basename "$module" .ko)
		case $module in
		*.xz) xz -dc "$module" >"${out%.ko.xz}.ko" ;;
		*.zst) zstd -q -dc "$module" >"${out%.ko.zst}.ko" ;;
		*) cp "$module" "$out.ko" ;;
		esac
		number=$((number + 1))
	done < <(for module in virtio_pci 9pnet_virtio 9p overlay; do
		modprobe -d "$1" -S "$2" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }')
	(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$1/initramfs"
	rm -rf "$root"
}
