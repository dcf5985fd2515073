// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.Names;

namespace NodeAgent.Profiles.Deltas;

/// <summary>Which chunks a consolidated profile is made of. Immutable; the same after the same chunks, in whatever order and however often they came.</summary>
/// <remarks>Bounded: see <see cref="MaxTextBytes"/>. What had to be forgotten counts as missing, never as there.</remarks>
public sealed record Ledger
{
    /// <summary>Units: characters of the text; all annotations of an object together may have 256 KiB.</summary>
    public const int MaxTextBytes = 96 << 10;

    public static Ledger Empty { get; } = new();

    /// <summary>Sorted by id.</summary>
    [JsonPropertyName("series")]
    public IReadOnlyList<SeriesRecord> Series { get; init; } = [];

    /// <summary>What was said by series of which no more is kept.</summary>
    [JsonPropertyName("past")]
    public PastSeries? Past { get; init; }

    public Ledger Record(ChunkHeader chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        SeriesRecord known = Series.FirstOrDefault(series => series.Id == chunk.Series)
            ?? new SeriesRecord { Id = chunk.Series, Node = chunk.Node, StartedMs = chunk.StartedMs };
        return (this with
        {
            Series = [.. Series.Where(series => series.Id != chunk.Series).Append(known.Record(chunk)).OrderBy(series => series.Id, StringComparer.Ordinal)],
        }).Bounded();
    }

    /// <returns>Whether earlier chunks of a series are missing.</returns>
    public bool IsMissing(string series) => Series.Any(known => known.Id == series && known.HasGap);

    /// <summary>What can truthfully be said of the profile.</summary>
    public ProfileStatement State()
    {
        IEnumerable<string> statuses = Series.Select(series => series.Status).Append(Past?.Status ?? ProfileStatus.Initializing);
        int rank = statuses.Max(ProfileStatement.RankOf);
        SeriesRecord[] told = [.. Series.Where(series => ProfileStatement.RankOf(series.Status) == rank)];
        bool hasGap = Series.Any(series => series.HasGap && IsCurrent(series));
        bool hasWhole = told.Any(series => series is { IsComplete: true, HasGap: false });
        bool isPast = ProfileStatement.RankOf(Past?.Status) == rank;
        bool isComplete = !hasGap && (rank == ProfileStatement.Completed
            ? hasWhole
            : told.All(series => series.IsComplete || !IsCurrent(series)) && !(isPast && Past?.Reasons.Count > 0));
        IEnumerable<string> reasons = isComplete ? [] : [
            .. told.SelectMany(series => series.Reasons),
            .. isPast ? Past?.Reasons ?? [] : [],
            .. hasGap || told.Any(series => series.HasGap) ? [ProfileStatement.DeltaMissing] : Array.Empty<string>(),
        ];
        return new ProfileStatement(ProfileStatement.StatusOf(rank), isComplete, [.. reasons.Distinct().Order(StringComparer.Ordinal)]);
    }

    public string ToText() => JsonSerializer.Serialize(this, LedgerJsonContext.Default.Ledger);

    /// <returns>False when it is no ledger: somebody wrote over it.</returns>
    public static bool TryParse(string? text, out Ledger ledger)
    {
        ledger = Empty;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        try
        {
            ledger = JsonSerializer.Deserialize(text, LedgerJsonContext.Default.Ledger) ?? Empty;
            return ledger.Series is not null && ledger.Series.All(series => series is { Id: not null, Node: not null, Status: not null, Reasons: not null, Pending: not null }
                && series.Pending.All(pending => pending?.Arrived is not null)) && ledger.Past is null or { Status: not null, Reasons: not null };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A node has one agent: what an earlier run of it had still to tell is in the whole with which the next one begins.
    private bool IsCurrent(SeriesRecord series) => !Series.Any(other =>
        other.Node == series.Node && (other.StartedMs, other.Id).CompareTo((series.StartedMs, series.Id)) > 0);

    private Ledger Bounded()
    {
        Ledger bounded = this;
        int size = ToText().Length;
        while (size > MaxTextBytes && bounded.Series.Count > 1)
        {
            // First those that were followed by others of their node, the oldest first; a quarter at once, so that it is rare.
            SeriesRecord[] leaving = [.. bounded.Series.OrderBy(bounded.IsCurrent).ThenBy(series => series.StartedMs).ThenBy(series => series.Id, StringComparer.Ordinal)
                .Take(Math.Max(1, bounded.Series.Count / 4))];
            bounded = bounded with
            {
                Series = [.. bounded.Series.Except(leaving)],
                Past = leaving.Aggregate(bounded.Past, (past, series) => PastSeries.Unite(past, series)),
            };
            size = bounded.ToText().Length;
        }

        return bounded;
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Ledger))]
internal sealed partial class LedgerJsonContext : JsonSerializerContext;
