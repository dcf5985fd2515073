#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lints the chart and renders it with its default values to out/chart.yaml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p out
scripts/helm.sh lint --strict charts/node-agent
scripts/helm.sh template node-agent charts/node-agent --namespace node-agent >out/chart.yaml
echo "rendered to out/chart.yaml"
