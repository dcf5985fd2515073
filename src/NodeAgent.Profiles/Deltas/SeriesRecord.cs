// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Api.Names;

namespace NodeAgent.Profiles.Deltas;

/// <summary>What arrived of one series, and what it says of itself.</summary>
public sealed record SeriesRecord
{
    // More than one agent has under way; what is forgotten beyond counts as missing.
    private const int MaxPending = 256;

    [JsonPropertyName("id")]
    public string Id { get; init; } = string.Empty;

    [JsonPropertyName("node")]
    public string Node { get; init; } = string.Empty;

    /// <summary>Units: ms since 1970.</summary>
    [JsonPropertyName("started")]
    public long StartedMs { get; init; }

    /// <summary>All that the series knew at this delta has arrived.</summary>
    [JsonPropertyName("covered")]
    public long Covered { get; init; }

    /// <summary>The newest delta of which anything arrived; <see cref="Status"/> and the others are what it said.</summary>
    [JsonPropertyName("newest")]
    public long Newest { get; init; }

    [JsonPropertyName("status")]
    public string Status { get; init; } = ProfileStatus.Initializing;

    [JsonPropertyName("complete")]
    public bool IsComplete { get; init; }

    [JsonPropertyName("reasons")]
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>Deltas beyond <see cref="Covered"/> that lack a part, or the delta upon which they build. Sorted by number.</summary>
    [JsonPropertyName("pending")]
    public IReadOnlyList<PendingDelta> Pending { get; init; } = [];

    /// <summary>There are chunks that have not arrived.</summary>
    [JsonIgnore]
    public bool HasGap => Newest > Covered;

    public SeriesRecord Record(ChunkHeader chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        SeriesRecord record = chunk.Sequence < Newest ? this : this with
        {
            Newest = chunk.Sequence,
            Status = chunk.Status,
            IsComplete = chunk.IsComplete,
            Reasons = chunk.Reasons,
        };
        return chunk.Sequence <= Covered ? record : record.Arrived(chunk);
    }

    private SeriesRecord Arrived(ChunkHeader chunk)
    {
        PendingDelta delta = (Pending.FirstOrDefault(pending => pending.Sequence == chunk.Sequence) ?? new PendingDelta { Sequence = chunk.Sequence }).With(chunk);
        List<PendingDelta> pending = [.. Pending.Where(other => other.Sequence != chunk.Sequence).Append(delta).OrderBy(other => other.Sequence)];
        long covered = Covered;
        while (pending.FindLast(other => other.IsWhole && other.Base <= covered) is { } next)
        {
            covered = next.Sequence;
            pending.RemoveAll(other => other.Sequence <= covered);
        }

        return this with { Covered = covered, Pending = [.. pending.TakeLast(MaxPending)] };
    }
}

/// <summary>A delta that waits for the rest of it, or for an earlier one.</summary>
public sealed record PendingDelta
{
    [JsonPropertyName("n")]
    public long Sequence { get; init; }

    [JsonPropertyName("base")]
    public long Base { get; init; }

    [JsonPropertyName("parts")]
    public int Parts { get; init; }

    /// <summary>Sorted.</summary>
    [JsonPropertyName("arrived")]
    public IReadOnlyList<int> Arrived { get; init; } = [];

    [JsonIgnore]
    public bool IsWhole => Arrived.Count >= Parts;

    // Two that contradict each other: the more that is asked for counts.
    internal PendingDelta With(ChunkHeader chunk) => this with
    {
        Base = Math.Max(Base, chunk.Base),
        Parts = Math.Max(Parts, chunk.Parts),
        Arrived = [.. Arrived.Append(chunk.Part).Distinct().Order()],
    };
}

/// <summary>What series said of which no more is kept.</summary>
public sealed record PastSeries
{
    [JsonPropertyName("status")]
    public string Status { get; init; } = ProfileStatus.Initializing;

    [JsonPropertyName("reasons")]
    public IReadOnlyList<string> Reasons { get; init; } = [];

    internal static PastSeries Unite(PastSeries? past, SeriesRecord series)
    {
        IReadOnlyList<string> reasons = series.HasGap ? [.. series.Reasons, ProfileStatement.DeltaMissing] : series.Reasons;
        int order = ProfileStatement.RankOf(series.Status).CompareTo(ProfileStatement.RankOf(past?.Status));
        return past is null || order > 0 ? new PastSeries { Status = series.Status, Reasons = reasons }
            : order < 0 ? past
            : past with { Reasons = [.. past.Reasons.Concat(reasons).Distinct().Order(StringComparer.Ordinal)] };
    }
}
