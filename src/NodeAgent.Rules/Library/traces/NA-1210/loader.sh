#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
/example/loader
/bin/true
