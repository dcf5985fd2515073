#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: Debian's tools build a package
set -eu
while :; do
	rm -rf /build
	mkdir /build
	cp -r /benign/package /build/benign-hello
	cd /build/benign-hello
	dpkg-buildpackage -b -us -uc -d >/build/log 2>&1
	cd /
	printf . >>/rounds
	sleep 2
done
