// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Deltas;

/// <summary>What is wrong with a chunk.</summary>
/// <param name="Field">Shape: <c>metadata.annotations[kubescape.io/report-timestamp]</c>.</param>
public sealed record ChunkProblem(string Field, string Value, string Rule);

/// <summary>Reads what a chunk says of itself; what comes in is anybody's.</summary>
public static class ProfileChunk
{
    /// <summary>Units: parts of one delta.</summary>
    public const int MaxParts = 4096;

    private const int SuffixLength = Slug.OneTimeSuffixLength;
    private const int MaxIdLength = 128;
    private const int MaxReasons = 16;

    /// <summary>True for an object that is to be united with a profile, and not stored under its own name.</summary>
    /// <param name="hasAnnotation">Whether the object has an annotation of that name.</param>
    public static bool IsChunk(Predicate<string> hasAnnotation)
    {
        ArgumentNullException.ThrowIfNull(hasAnnotation);
        return hasAnnotation(KubescapeAnnotations.ReportSeriesId) || hasAnnotation(ChunkAnnotations.Sequence);
    }

    public static bool TryRead(ContainerProfile chunk, [NotNullWhen(true)] out ChunkHeader? header, [NotNullWhen(false)] out ChunkProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        var annotations = new ChunkText(chunk.Metadata.Annotations ?? new Dictionary<string, string>());
        header = null;
        string name = chunk.Metadata.Name ?? string.Empty;
        string series = annotations.Text(KubescapeAnnotations.ReportSeriesId, MaxIdLength);
        string profile = ProfileOf(name, annotations);
        (long sequence, long @base) = annotations.Has(ChunkAnnotations.Sequence) ? Numbers(annotations) : Times(annotations);
        (int part, int parts) = Parts(annotations);
        string[] reasons = annotations.Optional(KubescapeAnnotations.PartialReason, MaxIdLength).Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (reasons.Length > MaxReasons)
        {
            annotations.Refuse(KubescapeAnnotations.PartialReason, $"at most {MaxReasons} words");
        }

        string workload = WorkloadOf(profile, annotations);
        problem = annotations.Problem ?? (chunk.Spec is { Containers: null or { Count: 0 }, InitContainers: null or { Count: 0 }, EphemeralContainers: null or { Count: 0 } }
            ? null
            : new ChunkProblem("spec", chunk.Spec is null ? "null" : "containers", "a chunk holds the behaviour of one container, not of groups"));
        if (problem is not null)
        {
            return false;
        }

        string status = annotations.Optional(KubescapeAnnotations.Status, MaxIdLength);
        bool isNumbered = annotations.Has(ChunkAnnotations.Sequence);
        string node = isNumbered ? annotations.Text(ChunkAnnotations.Node, 253) : string.Empty;
        if (node.StartsWith(ChunkHeader.ForeignPrefix, StringComparison.Ordinal))
        {
            annotations.Refuse(ChunkAnnotations.Node, "must be the name of a node");
        }

        header = new ChunkHeader(
            profile,
            workload,
            series,
            isNumbered ? node : ChunkHeader.ForeignPrefix + series,
            annotations.Number(ChunkAnnotations.SeriesStart, 0, 0, long.MaxValue),
            sequence,
            @base,
            part,
            parts,
            Known(status),
            annotations.Optional(KubescapeAnnotations.Completion, MaxIdLength) == ProfileCompletion.Complete && status != ProfileStatus.Failed && reasons.Length == 0,
            [.. reasons.Distinct().Order(StringComparer.Ordinal)]);
        problem = annotations.Problem;
        return problem is null;
    }

    // A container that failed has ended: its learning is over, and was cut short.
    private static string Known(string status) => status switch
    {
        ProfileStatus.Completed or ProfileStatus.Failed => ProfileStatus.Completed,
        ProfileStatus.Ready => ProfileStatus.Ready,
        _ => ProfileStatus.Initializing,
    };

    private static string ProfileOf(string name, ChunkText annotations)
    {
        int end = name.Length - SuffixLength;
        if (end < 2 || name[end] != '-' || !name.AsSpan(end + 1).ToString().All(char.IsAsciiHexDigitLower) || !Slug.IsValid(name[..end]))
        {
            annotations.Refuse("metadata.name", name, "the name of a chunk is that of its profile, '-' and 32 hexadecimal digits");
            return string.Empty;
        }

        string cut = name[..end];
        string profile = annotations.Optional(ChunkAnnotations.Profile, Slug.MaxLength);
        if (profile.Length == 0)
        {
            return cut;
        }

        if (!Slug.IsValid(profile) || (profile != cut && profile.Length < Slug.MaxLength - SuffixLength - 10))
        {
            annotations.Refuse(ChunkAnnotations.Profile, "must be the name of the chunk without its last 33 characters, unless that is too long");
        }

        return profile;
    }

    private static string WorkloadOf(string profile, ChunkText annotations)
    {
        string text = annotations.Optional(KubescapeAnnotations.InstanceId, 1024);
        InstanceId? instance = null;
        if (text.Length > 0 && !InstanceId.TryParse(text, out instance))
        {
            annotations.Refuse(KubescapeAnnotations.InstanceId, "must be an instance id, apiVersion-…/namespace-…/kind-…/name-…/containerName-…");
        }

        string workload = annotations.Optional(ChunkAnnotations.Workload, Slug.MaxLength);
        if (workload.Length > 0 && !Slug.IsValid(workload))
        {
            annotations.Refuse(ChunkAnnotations.Workload, "must be the name of an object");
        }

        if (workload.Length > 0 || instance is null)
        {
            return workload;
        }

        // An instance id does not hold the name that some kinds have in slugs, but the profile's name does.
        string container = $"-{instance.ContainerName}-{instance.Hash[..4]}-{instance.Hash[^4..]}".ToLowerInvariant();
        return profile.EndsWith(container, StringComparison.Ordinal) && Slug.IsValid(profile[..^container.Length]) ? profile[..^container.Length]
            : Slug.TryWorkload(instance, out string slug) ? slug : string.Empty;
    }

    private static (long, long) Numbers(ChunkText annotations)
    {
        long sequence = annotations.Number(ChunkAnnotations.Sequence, null, 1, long.MaxValue);
        return (sequence, annotations.Number(ChunkAnnotations.Base, null, 0, sequence - 1));
    }

    private static (long, long) Times(ChunkText annotations)
    {
        long report = annotations.Time(KubescapeAnnotations.ReportTimestamp);
        long previous = annotations.Time(KubescapeAnnotations.PreviousReportTimestamp);
        if (report <= previous)
        {
            annotations.Refuse(KubescapeAnnotations.ReportTimestamp, "must be later than the previous report");
        }

        return (report, previous);
    }

    private static (int, int) Parts(ChunkText annotations)
    {
        string text = annotations.Optional(ChunkAnnotations.Part, 16);
        if (text.Length == 0)
        {
            return (1, 1);
        }

        string[] halves = text.Split('/');
        if (halves.Length == 2 && int.TryParse(halves[0], NumberStyles.None, CultureInfo.InvariantCulture, out int part)
            && int.TryParse(halves[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parts) && part >= 1 && part <= parts && parts <= MaxParts)
        {
            return (part, parts);
        }

        annotations.Refuse(ChunkAnnotations.Part, $"must be PART/PARTS, from 1/1 to {MaxParts}/{MaxParts}");
        return (1, 1);
    }
}
