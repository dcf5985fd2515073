// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>What an image is made of, as Syft describes it.</summary>
public sealed record SbomSyft
{
    public const string KindName = "SBOMSyft";
    public const string Plural = "sbomsyfts";

    /// <summary>Where tools keep what they know of images, whichever namespaces use them.</summary>
    public const string ImagesNamespace = "kubescape";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public SbomSyftSpec? Spec { get; init; }

    public SbomSyftStatus? Status { get; init; }
}

/// <summary>The part of an image's contents that a workload was seen to use.</summary>
public sealed record SbomSyftFiltered
{
    public const string KindName = "SBOMSyftFiltered";
    public const string Plural = "sbomsyftfiltereds";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public SbomSyftSpec? Spec { get; init; }

    public SbomSyftStatus? Status { get; init; }
}

public sealed record SbomSyftSpec
{
    public ScanMetadata? Metadata { get; init; }

    /// <summary>Shape: a document of Syft's JSON format, kept as it is.</summary>
    public JsonElement? Syft { get; init; }
}

/// <summary>Nothing is said there yet.</summary>
public sealed record SbomSyftStatus;

/// <summary>What made a document, and when.</summary>
public sealed record ScanMetadata
{
    public ScanTool? Tool { get; init; }

    public ScanReport? Report { get; init; }

    /// <summary>Vulnerabilities only: whether only what is used was looked at.</summary>
    public bool? WithRelevancy { get; init; }
}

public sealed record ScanTool
{
    public string? Name { get; init; }

    public string? Version { get; init; }

    /// <summary>Vulnerabilities only: of the vulnerability database.</summary>
    public string? DatabaseVersion { get; init; }
}

public sealed record ScanReport
{
    /// <summary>Shape: RFC 3339; null where it is not known, as Go writes it.</summary>
    public string? CreatedAt { get; init; }
}
