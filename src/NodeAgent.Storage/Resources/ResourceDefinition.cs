// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Resources;

/// <summary>One kind that is served, and all that the server has to know of it.</summary>
internal sealed record ResourceDefinition
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public required bool Namespaced { get; init; }

    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>Its status is written at an address of its own, <c>/status</c>, and nowhere else.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Served only where there is no API server that has it as a custom resource.</summary>
    public bool StandAloneOnly { get; init; }

    /// <summary>The contract of the documents.</summary>
    public required JsonTypeInfo Type { get; init; }

    public required IReadOnlyList<TableColumn> Columns { get; init; }

    /// <summary>From an object's metadata: the workload by which the store finds it again; null when none is kept.</summary>
    public Func<JsonObject, string?>? WorkloadOf { get; init; }

    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string ListKind => Kind + "List";

    /// <summary>Shape: <c>containerprofiles.spdx.softwarecomposition.kubescape.io</c>; also the key in the store.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
}

/// <summary>A column of <c>kubectl get</c>.</summary>
/// <param name="Priority">0: always shown; 1: with <c>-o wide</c>.</param>
/// <param name="Value">Null prints as <c>&lt;none&gt;</c>.</param>
internal sealed record TableColumn(string Name, string Type, string Description, Func<ObjectHeader, DateTimeOffset, object?> Value, int Priority = 0, string Format = "")
{
    /// <summary>Where in the document the value stands; it counts instead of <see cref="Value"/>. Null: the metadata is enough.</summary>
    public IReadOnlyList<string>? Path { get; init; }

    /// <summary>A column of what the document itself holds.</summary>
    public static TableColumn OfContent(string name, string type, string description, params string[] path) => new(name, type, description, (_, _) => null) { Path = path };
}
