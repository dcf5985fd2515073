#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: a database that keeps its log, as one that is backed up does
# user: postgres
# prepare: mkdir -p /srv/archive /srv/data /run/postgresql && chown postgres /srv/archive /srv/data /run/postgresql
# prepare: setpriv --reuid=postgres --regid=postgres --init-groups /usr/lib/postgresql/15/bin/initdb --no-sync -A trust -D /srv/data
# prepare: echo 'host all all 192.0.2.0/30 trust' >>/srv/data/pg_hba.conf
set -eu
(
	until pg_isready -q -h /run/postgresql; do sleep 0.2; done
	while :; do
		psql -qAt -h /run/postgresql -c 'select pg_switch_wal()' -c 'checkpoint' >/dev/null
		find /srv/archive -type f -mmin +1 -delete
		printf . >>/rounds
		sleep 3
	done
) &
exec /usr/lib/postgresql/15/bin/postgres -D /srv/data -c listen_addresses=192.0.2.1 -c unix_socket_directories=/run/postgresql -c fsync=off \
	-c archive_mode=on -c archive_command='test ! -f /srv/archive/%f && cp %p /srv/archive/%f' -c autovacuum_naptime=5s -c log_destination=stderr
