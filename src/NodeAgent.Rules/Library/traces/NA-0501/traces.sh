#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: echo x > /var/log/auth.log; echo x > /var/log/wtmp
echo id > /root/.bash_history
rm /root/.bash_history
: > /var/log/auth.log
rm /var/log/wtmp
echo x > /var/log/x
shred /var/log/x
