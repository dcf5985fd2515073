#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
cp /bin/true /opt/x
chmod u+s /opt/x
