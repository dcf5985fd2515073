#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: a library and a program, compiled and tried again and again
set -eu
mkdir -p /build
cp -r /benign/source/. /build
while :; do
	make -s -C /build clean
	make -s -C /build check
	printf . >>/rounds
	sleep 2
done
