# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Two runc containers over one busybox image. Each root is an overlay: what a container writes lies in its upper
# layer, which is how the agent tells a program that was dropped from one that was shipped.

container_id() { echo "$NAME_PREFIX-$1"; }
container_dir() { echo "$WORK/containers/$1"; }
demo_runc() { runc --root "$WORK/runc" "$@"; }

# in_container NAME SCRIPT: runs it with the container's shell.
in_container() { demo_runc exec "$(container_id "$1")" /bin/sh -c "$2"; }

image_create() {
	local image=$WORK/image
	mkdir -p "$image"/{bin,etc,tmp,proc,sys,dev,root,www}
	cp "$(command -v busybox)" "$image/bin/busybox"
	"$image/bin/busybox" --install "$image/bin" # hard links: each applet is an executable with a path of its own
	cp "$WORK/bin/dns-responder" "$image/bin/"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$image/etc/passwd"
	echo 'root:$6$demo$not-a-real-hash:20000:0:99999:7:::' >"$image/etc/shadow"
	chmod 640 "$image/etc/shadow"
	echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
	echo "nameserver $WEB_IP" >"$image/etc/resolv.conf"
	echo 'Hello from the web container' >"$image/www/index.html"
	cp "$WORK/bin/dropped" "$WORK/bin/fileless" "$image/www/" # what the attacker will download
}

# container_create NAME SCRIPT: PID 1 is a shell that runs the script.
container_create() {
	local name=$1 script=$2 dir id
	dir=$(container_dir "$name") id=$(container_id "$name")
	mkdir -p "$dir"/{upper,work,rootfs}
	mount -t overlay "$id" -o "lowerdir=$WORK/image,upperdir=$dir/upper,workdir=$dir/work" "$dir/rootfs"
	demo_runc spec --bundle "$dir"
	jq --arg id "$id" --arg netns "$(netns "$name")" --arg script "$script" '
		.process.terminal = false
		| .process.args = ["/bin/sh", "-c", $script]
		| .root = { path: "rootfs", readonly: false }
		| .hostname = $id
		| .linux.cgroupsPath = "/" + $id
		| (.linux.namespaces[] | select(.type == "network")).path = $netns
		| (.mounts[] | select(.destination == "/dev/shm")).options -= ["noexec"] # as in images that ask for it
	' "$dir/config.json" >"$dir/config.new"
	mv "$dir/config.new" "$dir/config.json"
	demo_runc run --detach --bundle "$dir" "$id" >"$dir/log" 2>&1 </dev/null ||
		{ indent <"$dir/log"; die "container $name did not start"; }
}

containers_create() {
	image_create
	container_create web "dns-responder $WEB_IP $WEB_NAME & exec httpd -f -h /www"
	container_create client "while :; do wget -q -O /tmp/page http://$WEB_NAME/ && echo served; sleep 1; done"
}

client_has_been_served() { grep -q served "$(container_dir client)/log"; }

containers_remove() {
	[[ -n $WORK ]] || return 0
	local name
	for name in client web; do
		[[ -d $WORK/runc/$(container_id $name) ]] && demo_runc delete --force "$(container_id $name)"
		mountpoint -q "$(container_dir $name)/rootfs" && umount "$(container_dir $name)/rootfs"
	done
	return 0
}
