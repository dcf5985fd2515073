// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Recording.Format;

/// <summary>The first frame of a recording: where and by what it was made.</summary>
internal sealed record RecordingHeader
{
    /// <summary>What this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Of the agent that recorded.</summary>
    public string Agent { get; init; } = string.Empty;

    /// <summary>Shape: release of the kernel.</summary>
    public string Kernel { get; init; } = string.Empty;

    /// <summary>Shape: <c>x64</c>, <c>arm64</c>; numbers of system calls are its.</summary>
    public string Architecture { get; init; } = string.Empty;

    /// <summary>The node's name in alerts.</summary>
    public string Node { get; init; } = string.Empty;

    /// <summary>The machine's name: the workload of processes in no unit.</summary>
    public string Host { get; init; } = string.Empty;

    public string Cluster { get; init; } = string.Empty;

    public DateTimeOffset Begun { get; init; }

    /// <summary>Only these were recorded; empty = everything.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>Sensors that ran.</summary>
    public IReadOnlyList<string> Sensors { get; init; } = [];

    /// <summary>See <see cref="Bpf.Layout.WireVersion.Current"/>.</summary>
    public IReadOnlyDictionary<string, string> Wire { get; init; } = new Dictionary<string, string>();
}
