#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
ln -s /etc/shadow /tmp/notes
