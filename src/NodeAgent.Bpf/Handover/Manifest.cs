// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Handover;

/// <summary>What the next agent must know of a generation. Written last: without it the generation was never finished.</summary>
internal sealed record Manifest
{
    /// <summary>Of this record; another one is not read.</summary>
    internal const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>What the programs were made from: <see cref="Stamp"/>.</summary>
    public required string Stamp { get; init; }

    /// <summary>The agent that used it last.</summary>
    public required int AgentPid { get; init; }

    /// <summary>Units: boot ns. From when on this generation and an older one recorded the same events; 0 = never.</summary>
    public required ulong OverlapFromNs { get; init; }

    /// <summary>Layouts of the wire structs by C name.</summary>
    public required Dictionary<string, string> Wire { get; init; }

    public required List<ManifestMap> Maps { get; init; }

    public required List<ManifestSensor> Sensors { get; init; }
}

/// <summary>A pinned map as it was made. Units: bytes, entries.</summary>
/// <param name="Layout">Of key and value, for maps whose content a newer build may go on using; else empty.</param>
internal sealed record ManifestMap(string Name, int Type, int KeySizeBytes, int ValueSizeBytes, uint MaxEntries, string Layout);

/// <summary>A sensor and the names of its pinned links; none when it is not active or cannot be pinned.</summary>
internal sealed record ManifestSensor(SensorStatus Status, List<string> Links)
{
    [JsonIgnore]
    internal string Name => Status.Name;
}

[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
