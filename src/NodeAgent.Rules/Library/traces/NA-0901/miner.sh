#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
/bin/true -o stratum+tcp://pool.example:4444 --donate-level 1
timeout 1 busybox nslookup gulf.moneroocean.stream 8.8.8.8
