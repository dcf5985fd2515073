#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/bash /usr/sbin/nginx; cp /bin/bash /usr/sbin/postgres; cp /bin/bash /usr/bin/java
/usr/sbin/nginx -c '/bin/true; :'
/usr/sbin/postgres -c '/bin/true; :'
/usr/bin/java -c '/bin/true; :'
sh -c : < /dev/null
busybox nc -w 1 127.0.0.1 4444 < /dev/null
bash -c 'exec 5<>/dev/tcp/127.0.0.1/4444'
setpriv --reuid 1000 --clear-groups id
true
exit 0
