#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: mkdir -p /run/secrets/kubernetes.io/serviceaccount && echo x > /run/secrets/kubernetes.io/serviceaccount/token
# prepare: cp /bin/true /usr/bin/kubectl
sleep 0
cat /etc/hosts > /dev/null
cat /run/secrets/kubernetes.io/serviceaccount/token > /dev/null
cat /proc/1/environ > /dev/null
cat /etc/shadow > /dev/null
kubectl get pods
chown 1000 /etc/hosts
mknod /srv/device c 1 3
timeout 1 busybox nslookup example.com 8.8.8.8
busybox nc -w 1 8.8.8.8 443
