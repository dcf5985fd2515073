#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: mkdir -p /srv/p/DEBIAN /srv/p/etc/cron.d /srv/p/usr/lib/systemd/system /srv/p/etc/profile.d /srv/p/etc/pam.d /srv/p/etc/sudoers.d /srv/p/usr/bin /srv/dpkg/info /srv/dpkg/updates
# prepare: for f in etc/cron.d/p usr/lib/systemd/system/p.service etc/profile.d/p.sh etc/pam.d/p etc/sudoers.d/p; do echo x > "/srv/p/$f"; done; cp /bin/true /srv/p/usr/bin/p; chmod 4755 /srv/p/usr/bin/p
# prepare: printf 'Package: p\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n' > /srv/p/DEBIAN/control; printf '#!/bin/sh\nuseradd p\nsetcap cap_net_raw+ep /usr/bin/p\n' > /srv/p/DEBIAN/postinst; chmod 0755 /srv/p/DEBIAN/postinst
# prepare: dpkg-deb -b /srv/p /srv/p.deb > /dev/null; : > /srv/dpkg/status; : > /srv/dpkg/available
dpkg --admindir=/srv/dpkg --log=/srv/dpkg.log -i /srv/p.deb > /dev/null
