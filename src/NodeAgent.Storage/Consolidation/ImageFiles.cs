// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Merging;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Consolidation;

/// <summary>Which files images have, as the SBOMs that are stored here tell. For any thread.</summary>
internal sealed class ImageFiles(IObjectStore store, TimeProvider time)
{
    // Units: images. Ten thousands of files of 8 bytes each.
    private const int MaxImages = 128;

    // An SBOM is read whole, so not for each chunk.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <returns>The rules, with the files of the image that a profile is of.</returns>
    public MergeRules Apply(MergeRules rules, params ReadOnlySpan<ContainerProfileSpec?> profiles)
    {
        foreach (ContainerProfileSpec? profile in profiles)
        {
            if (profile is { ImageTag: { } tag, ImageID: { } id } && Slug.TryImage(tag, id, out string slug))
            {
                Known known = Find(slug);
                return known.Files.Count == 0 ? rules : rules.With(known.Files, known.Version);
            }
        }

        return rules;
    }

    private Known Find(string slug)
    {
        if (_known.TryGetValue(slug, out Known? known) && time.GetElapsedTime(known.ReadAt) < Freshness)
        {
            return known;
        }

        // That there is none is not remembered: who saw that there is one now sends what that makes a difference to.
        if (store.Get(new ObjectKey(ResourceCatalog.SbomSyfts.QualifiedName, SbomSyft.ImagesNamespace, slug)) is not { } sbom)
        {
            return Known.Nothing;
        }

        string version = sbom.Revision.ToString(CultureInfo.InvariantCulture);
        LiteralPaths files = known?.Version == version ? known.Files : SbomPaths.Read(sbom.Body.Span);
        if (_known.Count >= MaxImages)
        {
            _known.Clear();
        }

        return _known[slug] = new Known(files, version, time.GetTimestamp());
    }

    private sealed record Known(LiteralPaths Files, string Version, long ReadAt)
    {
        public static Known Nothing { get; } = new(LiteralPaths.None, string.Empty, 0);
    }
}
