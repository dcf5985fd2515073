#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: a package is installed, used, and removed
set -eu
export DEBIAN_FRONTEND=noninteractive
while :; do
	{
		apt-get -q update
		apt-get -qy install benign-hello
		benign-hello
		apt-get -qy --purge remove benign-hello
		apt-get clean
	} >/tmp/log 2>&1
	printf . >>/rounds
	sleep 2
done
