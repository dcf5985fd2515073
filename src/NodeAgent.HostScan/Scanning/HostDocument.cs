// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.HostScan.Scanning;

/// <summary>What one sensor told in one scan.</summary>
/// <param name="Kind">Shape: <c>KernelVersion</c>.</param>
/// <param name="Variable">Shape: the name by which conditions of checks ask it, <c>kernel</c>.</param>
/// <param name="Spec">Null = the host has no such thing, or it could not be read (then there is an error).</param>
/// <param name="Error">What could not be read, and why; null = all was.</param>
/// <param name="Took">How long the sensor took.</param>
public sealed record HostDocument(string Kind, string Variable, JsonElement? Spec, string? Error, TimeSpan Took)
{
    /// <summary>It was read for an earlier scan.</summary>
    public bool IsRemembered { get; init; }
}
