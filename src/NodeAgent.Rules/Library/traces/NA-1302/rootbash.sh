#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# prepare: cp /bin/bash /usr/bin/rootbash && chmod 4755 /usr/bin/rootbash
setpriv --reuid 1000 --clear-groups /bin/sh -c '/usr/bin/rootbash -p -c :; :'
