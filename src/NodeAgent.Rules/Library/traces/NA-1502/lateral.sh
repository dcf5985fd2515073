#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/true /usr/bin/kubectl
for a in 1 2 3 4 5 6 7; do busybox nc -w 1 "8.8.4.$a" 22; done
kubectl exec db-0 -- sh
