// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Limits;

/// <summary>An estimate of steps: what an evaluation takes at least, and at most when the host's values are as large as the limits assume.</summary>
public readonly record struct CelCost(long Least, long Most);
