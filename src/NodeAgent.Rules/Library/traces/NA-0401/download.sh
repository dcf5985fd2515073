#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peer: cd /bin && busybox httpd -f -p 8080
sh -c 'curl -s http://8.8.8.8:8080/none | sh'
curl -s -o /tmp/true http://8.8.8.8:8080/true
chmod 0755 /tmp/true
/tmp/true
