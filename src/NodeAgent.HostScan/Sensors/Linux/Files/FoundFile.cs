// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Files;

/// <summary>A file that a walk found.</summary>
/// <param name="Capabilities">Null = it has none, or was not found for them.</param>
internal sealed record FoundFile(string Path, FileFacts Facts, FileCapabilities? Capabilities);
