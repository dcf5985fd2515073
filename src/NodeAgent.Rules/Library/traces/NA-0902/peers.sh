#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peer: sleep 20 | busybox nc -l -p 9000 > /dev/null
busybox nc -w 1 8.8.8.8 14444
busybox nc -w 1 8.8.8.8 3333
busybox nc -w 1 8.8.8.8 10250
for a in $(seq 1 24); do busybox nc -w 1 "8.8.4.$a" 6379; done
ssh -o ConnectTimeout=1 -p 4433 8.8.8.8
head -c 110000000 /dev/zero | timeout 5 busybox nc 8.8.8.8 9000
