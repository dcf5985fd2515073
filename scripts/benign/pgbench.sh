#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: the clients of the database
# net: client
# user: postgres
set -eu
export PGHOST=192.0.2.1 PGUSER=postgres PGDATABASE=postgres
until pg_isready -q; do sleep 0.2; done
pgbench -iq >/dev/null 2>&1
while :; do
	pgbench -n -c 4 -T 2 -R 100 >/dev/null 2>&1
	psql -qAt -c 'vacuum analyze pgbench_accounts' >/dev/null
	pg_dump -f /tmp/dump postgres
	rm /tmp/dump
	printf . >>/rounds
	sleep 2
done
