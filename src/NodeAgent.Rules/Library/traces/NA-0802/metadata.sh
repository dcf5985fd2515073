#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peer: busybox nc -l -p 80 </dev/null
curl -s -m 1 http://169.254.169.254/latest/meta-data/
