#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mount: /usr/bin /srv/volume
cp /bin/true /dev/shm/x
/dev/shm/x
cp /bin/true /opt/x
/opt/x
/srv/volume/true
unshare -U true
ln /etc/shadow /tmp/x
