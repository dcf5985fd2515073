// SPDX-License-Identifier: Apache-2.0
#define FAST
#include "miner.c"
