#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# caps: all
exec /example/kernel
