// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Merging;

namespace NodeAgent.Profiles.Deltas;

/// <summary>What an agent told a storage of one profile, and what it still has to. One user at a time.</summary>
/// <remarks>
/// Its base is what was acknowledged, kept as 8 bytes for each entry. A delta that was not acknowledged is never sent again: the
/// next one, of the newest state, builds upon the same base and so holds what it held. The series begins with one that holds everything.
/// </remarks>
public sealed class DeltaSeries
{
    /// <summary>The reason of a profile that has an entry which the storage does not take.</summary>
    public const string EntryRefused = "entry-refused";

    private readonly TimeProvider _time;
    private readonly string _node;
    private readonly string _id;
    private readonly DateTimeOffset _started;
    private readonly HashSet<ulong> _refused = [];
    private ulong[] _told = [];
    private string _statement = string.Empty;
    private long _base;
    private long _sequence;
    private DateTimeOffset? _reported;
    private DateTimeOffset _latest;

    public DeltaSeries(string node, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _node = node;
        _started = time.GetUtcNow();
        _id = Guid.NewGuid().ToString();
    }

    /// <param name="newest">All that is known; it may be asked for its entries until the delta is acknowledged.</param>
    /// <param name="workload">The workload slug.</param>
    /// <param name="limitBytes">Of one chunk as JSON. An entry that is larger makes a chunk of its own.</param>
    /// <returns>Null when all was told.</returns>
    public Delta? Next(ContainerProfile newest, string workload, int limitBytes)
    {
        ArgumentNullException.ThrowIfNull(newest);
        ContainerProfileSpec head = ProfileEntry.ToSpec(newest.Spec ?? new ContainerProfileSpec(), []);
        string statement = StatementOf(newest, head);
        List<ProfileEntry> all = [.. ProfileEntry.All(newest.Spec ?? new ContainerProfileSpec()).Where(entry => !_refused.Contains(entry.Hash))];
        List<ProfileEntry> news = all.FindAll(entry => Array.BinarySearch(_told, entry.Hash) < 0);
        if (news.Count == 0 && statement == _statement && _base > 0)
        {
            return null;
        }

        long sequence = ++_sequence;
        DateTimeOffset? previous = _reported;
        long @base = _base;
        List<List<ProfileEntry>> parts = Split(news, limitBytes - HeadBytes(newest, head));
        DateTimeOffset first = Advance(parts.Count);
        ulong[] known = [.. all.Select(entry => entry.Hash)];
        Array.Sort(known);
        return new Delta(sequence, @base, statement, known, parts, head, (part, spec) => new ContainerProfile
        {
            Metadata = Metadata(newest.Metadata, new ChunkPlace(workload, sequence, @base, part, parts.Count), part == 0 ? previous : first.AddTicks(part - 1), first.AddTicks(part)),
            Spec = spec,
        });
    }

    /// <summary>All its chunks were taken.</summary>
    public void Acknowledge(Delta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        _told = delta.Known;
        _statement = delta.Statement;
        _base = delta.Sequence;
        _reported = _latest;
    }

    /// <summary>The storage lacks something that it acknowledged: the next delta holds everything.</summary>
    public void StartOver()
    {
        _told = [];
        _statement = string.Empty;
        _base = 0;
        _reported = null;
    }

    /// <summary>A chunk of one entry is too large for the storage: the entry is given up, and the profile is partial from then on.</summary>
    public void Refuse(Delta delta, int part)
    {
        ArgumentNullException.ThrowIfNull(delta);
        _refused.UnionWith(delta.HashesOf(part));
    }

    private static List<List<ProfileEntry>> Split(List<ProfileEntry> entries, int room)
    {
        List<List<ProfileEntry>> parts = [[]];
        long size = 0;
        foreach (ProfileEntry entry in entries)
        {
            long needed = entry.SizeBytes + 1; // the comma
            if (parts[^1].Count > 0 && size + needed > room && parts.Count < ProfileChunk.MaxParts)
            {
                parts.Add([]);
                size = 0;
            }

            parts[^1].Add(entry);
            size += needed;
        }

        return parts;
    }

    private int HeadBytes(ContainerProfile profile, ContainerProfileSpec head)
    {
        ObjectMeta metadata = Metadata(profile.Metadata, new ChunkPlace(profile.Metadata.Name ?? string.Empty, long.MaxValue, long.MaxValue, 0, ProfileChunk.MaxParts), _started, _started);
        var empty = new ContainerProfile { Metadata = metadata, Spec = head };
        const int NamesOfLists = 256;
        return JsonSerializer.SerializeToUtf8Bytes(empty, ApiJsonContext.Readable.ContainerProfile).Length + NamesOfLists;
    }

    // Times of a series only grow, whatever the clock does. Units of the step: 100 ns, one for each part.
    private DateTimeOffset Advance(int parts)
    {
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset first = now > _latest ? now : _latest.AddTicks(1);
        _latest = first.AddTicks(parts - 1);
        return first;
    }

    private ObjectMeta Metadata(ObjectMeta profile, ChunkPlace place, DateTimeOffset? previous, DateTimeOffset reported)
    {
        var annotations = new SortedDictionary<string, string>((profile.Annotations ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal)
        {
            [KubescapeAnnotations.ReportSeriesId] = _id,
            [KubescapeAnnotations.PreviousReportTimestamp] = previous is { } time ? GoTime.Format(time) : GoTime.Zero,
            [KubescapeAnnotations.ReportTimestamp] = GoTime.Format(reported),
            [ChunkAnnotations.Node] = _node,
            [ChunkAnnotations.SeriesStart] = Text(_started.ToUnixTimeMilliseconds()),
            [ChunkAnnotations.Sequence] = Text(place.Sequence),
            [ChunkAnnotations.Base] = Text(place.Base),
            [ChunkAnnotations.Part] = $"{Text(place.Part + 1)}/{Text(place.Parts)}",
            [ChunkAnnotations.Profile] = profile.Name ?? string.Empty,
            [ChunkAnnotations.Workload] = place.Workload,
        };
        annotations.Remove(KubescapeAnnotations.SyncChecksum); // of the whole, and this is a part
        if (_refused.Count > 0)
        {
            string reasons = annotations.GetValueOrDefault(KubescapeAnnotations.PartialReason) ?? string.Empty;
            annotations[KubescapeAnnotations.Completion] = ProfileCompletion.Partial;
            annotations[KubescapeAnnotations.PartialReason] = reasons.Length == 0 ? EntryRefused : $"{reasons},{EntryRefused}";
        }

        return profile with { Name = ChunkName(profile), Annotations = annotations };
    }

    // All that is no entry: a change of it is told though nothing else is new.
    private string StatementOf(ContainerProfile profile, ContainerProfileSpec head) => string.Join('\n', (profile.Metadata.Annotations ?? new Dictionary<string, string>())
        .Where(pair => pair.Key is KubescapeAnnotations.Status or KubescapeAnnotations.Completion or KubescapeAnnotations.PartialReason or KubescapeAnnotations.PartialWindow or KubescapeAnnotations.Overflow)
        .Concat(profile.Metadata.Labels ?? new Dictionary<string, string>())
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")
        .Append(JsonSerializer.Serialize(head with { MatchLabels = null }, ApiJsonContext.Readable.ContainerProfileSpec)).Append(Text(_refused.Count))
        .Concat((head.MatchLabels ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));

    // Source: reference naming, "one-time slug". What is too long is cut, and told apart by the hash of its instance id.
    private static string ChunkName(ObjectMeta profile)
    {
        string name = profile.Name ?? string.Empty;
        const int Most = Slug.MaxLength - Slug.OneTimeSuffixLength - 10;
        if (name.Length >= Most)
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(profile.Annotations?.GetValueOrDefault(KubescapeAnnotations.InstanceId) ?? name)));
            name = $"{name[..Most]}-{hash[..4]}-{hash[^4..]}";
        }

        return $"{name}-{Guid.NewGuid():N}";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct ChunkPlace(string Workload, long Sequence, long Base, int Part, int Parts);
}
