#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: a web server whose configuration is read again, and whose log is turned over
set -eu
nginx -c /benign/nginx.conf &
until [ -s /run/nginx-benign.pid ]; do sleep 0.2; done
while :; do
	nginx -c /benign/nginx.conf -s reload
	mv /var/log/nginx/benign.log /var/log/nginx/benign.log.1
	nginx -c /benign/nginx.conf -s reopen
	gzip -f /var/log/nginx/benign.log.1
	printf . >>/rounds
	sleep 3
done
