#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# unit: web.service
# peer: cp /bin/sleep /tmp/natrace/auditd; /tmp/natrace/auditd 30 & echo $! > /tmp/natrace/root/srv/daemon; wait
kill -TERM "$(cat /srv/daemon)"
