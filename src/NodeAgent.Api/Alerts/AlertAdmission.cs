// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Api.Alerts;

// What an alert about a request to the API server tells of it. Source: Kubescape's alerts, whose members are named as Go names fields.

/// <param name="Group">Empty for the core group.</param>
public sealed record AlertGroupVersionKind(
    [property: JsonPropertyName("Group")] string Group, [property: JsonPropertyName("Version")] string Version, [property: JsonPropertyName("Kind")] string Kind);

/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">Shape: <c>pods</c>.</param>
public sealed record AlertGroupVersionResource(
    [property: JsonPropertyName("Group")] string Group, [property: JsonPropertyName("Version")] string Version, [property: JsonPropertyName("Resource")] string Resource);

/// <summary>Who asked, as the API server authenticated them.</summary>
/// <param name="Uid">Null = not told.</param>
/// <param name="Groups">Null = not told.</param>
public sealed record AlertUserInfo(
    [property: JsonPropertyName("Name")] string Name, [property: JsonPropertyName("UID")] string? Uid, [property: JsonPropertyName("Groups")] IReadOnlyList<string>? Groups);

/// <summary>The options of an exec, an attach or a port-forward.</summary>
public sealed record AlertRequestObject
{
    /// <summary>Shape: <c>PodExecOptions</c>.</summary>
    public required string Kind { get; init; }

    public required string ApiVersion { get; init; }

    public string? Container { get; init; }

    /// <summary>What is to be executed, cut as arguments of processes are.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    public bool? Stdin { get; init; }

    public bool? Tty { get; init; }

    /// <summary>Those that are to be forwarded; null = told in the connection only, as kubectl does.</summary>
    public IReadOnlyList<int>? Ports { get; init; }
}
