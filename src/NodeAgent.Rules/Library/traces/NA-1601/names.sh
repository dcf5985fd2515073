#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
for i in $(seq 10 27); do timeout 1 busybox nslookup "${i}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.t.example.com" 8.8.8.8 & done
for i in $(seq 10 21); do timeout 1 busybox nslookup "xjq7h2kfw${i}pzq.com" 8.8.8.8 & done
timeout 1 busybox nslookup x7.oast.fun 8.8.8.8
wait
