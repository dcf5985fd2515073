#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A memory file that is only read.
/example/from-disk
/bin/true
