// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Api.HostData;

/// <summary>A value that configures the node, and where it comes from. Lists of them are sorted by key.</summary>
public sealed record HostSetting
{
    public string? Key { get; init; }

    /// <summary>Shape: string, number, boolean or list.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>Shape: path of a file, <c>command line</c>, or <c>default</c>.</summary>
    public string? Source { get; init; }

    /// <summary>From 1; null = of no line.</summary>
    public int? Line { get; init; }
}
