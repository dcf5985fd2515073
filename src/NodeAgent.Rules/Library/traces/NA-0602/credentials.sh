#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: mkdir -p /root/.aws /root/.ssh /root/.config/chromium/Default /run/secrets/kubernetes.io/serviceaccount /var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t
# prepare: for f in /root/.aws/credentials /root/.ssh/id_ed25519 '/root/.config/chromium/Default/Login Data' /run/secrets/kubernetes.io/serviceaccount/token /var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t/token; do echo x > "$f"; done
cat /root/.aws/credentials /root/.ssh/id_ed25519 '/root/.config/chromium/Default/Login Data'
cat /run/secrets/kubernetes.io/serviceaccount/token /var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t/token
