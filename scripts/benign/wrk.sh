#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: the clients of the web server
# net: client
set -eu
while :; do
	wrk -t 1 -c 4 -d 1s http://192.0.2.1:8080/ >/tmp/log
	wrk -t 1 -c 2 -d 1s -H 'Connection: close' http://192.0.2.1:8080/docs/copyright >>/tmp/log
	printf . >>/rounds
	sleep 3
done
