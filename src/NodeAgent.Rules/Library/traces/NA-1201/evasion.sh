#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
sleep 2 &
exec 7<>"/proc/$!/mem"
bash -c "exec -a '[kworker/0:1]' /bin/bash -c :"
mkdir -p /tmp/... /tmp/.x
cp /bin/true /tmp/.../true
/tmp/.../true
cp /bin/true /tmp/.x/true
/tmp/.x/true
touch -r /bin/true /etc/passwd
sh -c 'unset HISTFILE; :'
pkill -0 falco
cp /bin/busybox /opt/rm
/opt/rm /opt/rm
