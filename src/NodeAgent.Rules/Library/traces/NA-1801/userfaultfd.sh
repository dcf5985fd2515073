#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
perl -e 'require "syscall.ph" if 0; chomp(my $m = `uname -m`); syscall($m eq "aarch64" ? 282 : 323, 1)'
