#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# workload: cron, which looks after the machine each minute
exec cron -f
