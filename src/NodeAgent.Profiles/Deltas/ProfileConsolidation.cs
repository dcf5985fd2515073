// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Merging;

namespace NodeAgent.Profiles.Deltas;

/// <summary>What became of a chunk.</summary>
public enum ConsolidationOutcome
{
    Merged,

    /// <summary>The profile is completed and complete: what comes later is acknowledged and not learned.</summary>
    Final,

    /// <summary>The profile is a user's.</summary>
    UsersOwn,
}

/// <summary>What became of a chunk.</summary>
/// <param name="Profile">As it is now; the stored one where nothing was merged.</param>
/// <param name="IsMissing">Earlier chunks of the series have not arrived, or are forgotten.</param>
public sealed record ConsolidationResult(ContainerProfile Profile, ConsolidationOutcome Outcome, bool IsMissing);

/// <summary>Unites a chunk with the profile that it belongs to: a pure function, the same after the same chunks in whatever order.</summary>
/// <remarks>
/// A profile that is completed and complete stays as it is. Rules judge by it, so what another container does later must be an
/// alert there and not a permission; a person who wants it accepts it. A completed, partial profile goes on growing until a series without a gap completes it.
/// Of a foreign series nobody can tell which chunk is its last, since the halves of one that was split both say "completed": its chunks are taken even then.
/// </remarks>
public static class ProfileConsolidation
{
    /// <param name="stored">What is there; null = nothing.</param>
    public static ConsolidationResult Apply(ContainerProfile? stored, ContainerProfile chunk, ChunkHeader header, MergeRules rules)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        ArgumentNullException.ThrowIfNull(header);
        IReadOnlyDictionary<string, string> old = stored?.Metadata.Annotations ?? new Dictionary<string, string>();
        bool isOurs = Ledger.TryParse(old.GetValueOrDefault(ChunkAnnotations.Ledger), out Ledger ledger);
        if (stored is not null && (old.GetValueOrDefault(KubescapeAnnotations.ManagedBy) == KubescapeAnnotations.ManagedByUser || (!isOurs && !old.ContainsKey(KubescapeAnnotations.Status))))
        {
            return new ConsolidationResult(stored, ConsolidationOutcome.UsersOwn, false);
        }

        if (stored is not null && IsFinal(old) && !(header.IsForeign && ledger.Series.Any(series => series.Id == header.Series)))
        {
            return new ConsolidationResult(stored, ConsolidationOutcome.Final, false);
        }

        // A profile of an agent that sent it whole, before there were chunks.
        ledger = isOurs || stored is null ? ledger : Ledger.Empty with { Past = PastOf(old) };
        ledger = ledger.Record(header);
        ContainerProfileSpec spec = stored?.Spec is not { } known ? ProfileUnion.Of([chunk.Spec!], rules)
            : IsNormal(stored.Metadata, rules) ? ProfileUnion.Add(known, chunk.Spec!, rules)
            : ProfileUnion.Of([known, chunk.Spec!], rules);
        ObjectMeta metadata = Metadata(stored?.Metadata, chunk.Metadata, header, ledger, spec, rules);
        return new ConsolidationResult(new ContainerProfile { Metadata = metadata, Spec = spec }, ConsolidationOutcome.Merged, ledger.IsMissing(header.Series));
    }

    private static bool IsFinal(IReadOnlyDictionary<string, string> annotations) =>
        annotations.GetValueOrDefault(KubescapeAnnotations.Status) == ProfileStatus.Completed && annotations.GetValueOrDefault(KubescapeAnnotations.Completion) == ProfileCompletion.Complete;

    // The generation grows with every change of content, whoever makes it, and no client can set it.
    private static bool IsNormal(ObjectMeta stored, MergeRules rules) =>
        stored.Generation is { } generation && stored.Annotations?.GetValueOrDefault(ChunkAnnotations.Normal) == NormalAt(generation, rules);

    private static string NormalAt(long generation, MergeRules rules) => string.Create(CultureInfo.InvariantCulture, $"{generation} {rules.Version}");

    private static PastSeries PastOf(IReadOnlyDictionary<string, string> annotations) => new()
    {
        Status = ProfileStatement.StatusOf(ProfileStatement.RankOf(annotations.GetValueOrDefault(KubescapeAnnotations.Status))),
        Reasons = (annotations.GetValueOrDefault(KubescapeAnnotations.PartialReason) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries),
    };

    private static ObjectMeta Metadata(ObjectMeta? stored, ObjectMeta chunk, ChunkHeader header, Ledger ledger, ContainerProfileSpec spec, MergeRules rules)
    {
        ProfileStatement state = ledger.State();
        var annotations = new SortedDictionary<string, string>((stored?.Annotations ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
        foreach (string key in (string[])[KubescapeAnnotations.InstanceId, KubescapeAnnotations.Wlid, KubescapeAnnotations.ContainerType])
        {
            Larger(annotations, chunk.Annotations, key);
        }

        foreach (string key in (string[])[KubescapeAnnotations.Overflow, KubescapeAnnotations.FailedOpens, KubescapeAnnotations.FailedConnects])
        {
            Most(annotations, chunk.Annotations, key);
        }

        annotations[KubescapeAnnotations.Status] = state.Status;
        annotations[KubescapeAnnotations.Completion] = state.IsComplete ? ProfileCompletion.Complete : ProfileCompletion.Partial;
        annotations.Remove(KubescapeAnnotations.PartialReason);
        WallInterval? missed = WallInterval.Unite(Missed(annotations), Missed(chunk.Annotations));
        annotations.Remove(KubescapeAnnotations.PartialWindow);
        if (state.Reasons.Count > 0)
        {
            annotations[KubescapeAnnotations.PartialReason] = string.Join(',', state.Reasons);
            if (missed is { } window)
            {
                annotations[KubescapeAnnotations.PartialWindow] = window.ToString();
            }
        }

        string checksum = ProfileContent.Checksum(spec);
        long generation = stored is null ? 1 : (stored.Generation ?? 1) + (annotations.GetValueOrDefault(KubescapeAnnotations.SyncChecksum) == checksum && IsNormal(stored, rules) ? 0 : 1);
        annotations[KubescapeAnnotations.SyncChecksum] = checksum;
        annotations[KubescapeAnnotations.ResourceSize] = ProfileContent.Findings(spec).ToString(CultureInfo.InvariantCulture);
        if (header.Workload.Length > 0)
        {
            annotations[ChunkAnnotations.Workload] = header.Workload;
        }

        annotations[ChunkAnnotations.Ledger] = ledger.ToText();
        annotations[ChunkAnnotations.Normal] = NormalAt(generation, rules);
        var labels = new SortedDictionary<string, string>((stored?.Labels ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
        foreach (string key in (chunk.Labels ?? new Dictionary<string, string>()).Keys)
        {
            Larger(labels, chunk.Labels, key);
        }

        return (stored ?? new ObjectMeta { Namespace = chunk.Namespace }) with { Name = header.Profile, Generation = generation, Labels = labels, Annotations = annotations };
    }

    private static WallInterval? Missed(IReadOnlyDictionary<string, string>? annotations) =>
        WallInterval.TryParse(annotations?.GetValueOrDefault(KubescapeAnnotations.PartialWindow), out WallInterval? interval) ? interval : null;

    private static void Larger(SortedDictionary<string, string> into, IReadOnlyDictionary<string, string>? from, string key)
    {
        if (from?.GetValueOrDefault(key) is { } value && (!into.TryGetValue(key, out string? known) || string.CompareOrdinal(value, known) > 0))
        {
            into[key] = value;
        }
    }

    private static void Most(SortedDictionary<string, string> into, IReadOnlyDictionary<string, string>? from, string key)
    {
        long most = Math.Max(Number(into.GetValueOrDefault(key)), Number(from?.GetValueOrDefault(key)));
        if (most > 0)
        {
            into[key] = most.ToString(CultureInfo.InvariantCulture);
        }

        static long Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
    }
}
