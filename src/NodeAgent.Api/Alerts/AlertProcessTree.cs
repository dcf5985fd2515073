// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Serialization;

namespace NodeAgent.Api.Alerts;

/// <summary>The chain of processes from the unit's first process to the one that did it.</summary>
public sealed record AlertProcessTree
{
    [JsonPropertyName("processTree")]
    public required AlertProcess Root { get; init; }

    [JsonPropertyName("uniqueID")]
    public uint UniqueId { get; init; }

    [JsonPropertyName("containerID")]
    public string? ContainerId { get; init; }
}

public sealed record AlertProcess
{
    /// <summary>U+241F stands between comm and pid in a key of <see cref="ChildrenMap"/>.</summary>
    private const char KeySeparator = '\u241f';

    public uint Pid { get; init; }

    public string? Cmdline { get; init; }

    public string? Comm { get; init; }

    public uint Ppid { get; init; }

    public string? Pcomm { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Shape: RFC 3339; null when the start was not seen.</summary>
    public string? StartTime { get; init; }

    public bool UpperLayer { get; init; }

    public string? Cwd { get; init; }

    public string? Path { get; init; }

    /// <summary>True for what was started in a running container from outside, as <c>kubectl exec</c> does; null for all else.</summary>
    public bool? Session { get; init; }

    public IReadOnlyDictionary<string, AlertProcess>? ChildrenMap { get; init; }

    /// <returns>Shape: <c>comm␟pid</c>.</returns>
    public static string ChildKey(string comm, uint pid) =>
        string.Create(CultureInfo.InvariantCulture, $"{comm}{KeySeparator}{pid}");
}
