#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/bash /usr/sbin/nginx
/usr/sbin/nginx -c '/bin/sh -c :; :'
