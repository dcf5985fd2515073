// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.HostScan.Checks;

/// <summary>What is wrong with a file of checks or of exceptions. What it is about is left out; everything else holds.</summary>
/// <param name="Line">From 1; 0 = the file as a whole.</param>
public sealed record CheckIssue(string File, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}
