#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: mkdir -p /etc/cron.d /etc/systemd/system /root/.ssh /etc/pam.d /etc/kubernetes/manifests /etc/sudoers.d
echo x > /etc/cron.d/x
echo x > /etc/systemd/system/x.service
echo x >> /root/.bashrc
echo x >> /root/.ssh/authorized_keys
echo x > /etc/pam.d/x
echo x > /etc/kubernetes/manifests/x.yaml
echo x > /etc/sudoers.d/x
cp /bin/true /opt/x
setcap cap_net_raw+ep /opt/x
: > /etc/ld.so.preload
