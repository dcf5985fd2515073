// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Handover;

/// <summary>What the maps of this machine measure; with others an agent makes maps of its own.</summary>
internal readonly record struct MapSizes(RingSizes Rings, MapCapacities Capacities, FilterSizes Filter);
