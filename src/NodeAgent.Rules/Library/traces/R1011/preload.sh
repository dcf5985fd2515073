#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/true /usr/lib/preload.so
LD_PRELOAD=/usr/lib/preload.so /bin/true
