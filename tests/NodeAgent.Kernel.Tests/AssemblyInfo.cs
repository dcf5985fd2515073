// SPDX-License-Identifier: Apache-2.0
// Each test loads the probes: together they would count each other's events and rings.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
