#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peer: cd /bin && busybox httpd -f -p 8080
# prepare: mkdir -p /srv/app
cd /srv/app || exit
date > now
cat /etc/passwd now > all
mv all kept
sed -i s/a/b/ kept
tar czf kept.tar.gz kept
curl -s -m 2 -o page http://8.8.8.8:8080/true
echo line >> /var/log/app.log
printf 'int main(void) { return 0; }\n' > x.c
gcc -o x x.c && ./x
id > /dev/null
find . > /dev/null
rm now page x
ln -sf kept link
chmod 0755 kept
sh -c 'sleep 0.1; exit 0'
echo 1 | bash -c 'read -r one; echo "$one"' > /dev/null
busybox nslookup example.com 8.8.8.8 > /dev/null 2>&1 &
perl -e 'print 1' > /dev/null
wait
