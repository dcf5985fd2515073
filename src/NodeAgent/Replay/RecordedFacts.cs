// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Losses;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Recording.Format;

namespace NodeAgent.Replay;

/// <summary>What the loop learned beside the rings, as the recording tells it: the machine that the tables ask. For the loop's thread.</summary>
internal sealed class RecordedFacts : ICgroupTree, IProcfs, IContainerLookup, IPodLookup
{
    // What a recorder notes between two steps is far below it: a walk of all cgroups and all processes.
    private const long MaxBytes = 64 << 20;
    private const int ObjectBytes = 64;

    private readonly Dictionary<string, ulong> _cgroupAt = new(StringComparer.Ordinal);
    private readonly Dictionary<ProcessKey, byte[]?> _arguments = [];
    private readonly Dictionary<string, PodRecord?> _pods = new(StringComparer.Ordinal);
    private readonly Queue<PodRecord> _changedPods = new();
    private readonly Queue<LookupAnswer> _answers = new();
    private readonly List<byte[]> _tasks = [];
    private List<CgroupDirectory> _walk = [];
    private List<LossDelta> _losses = [];
    private List<BudgetCut> _cuts = [];
    private long _stepBytes;

    // Of what is kept beyond a tick.
    private long _keptBytes;
    private bool _isAsked;

    /// <summary>Whose containers answers are about; set before the first tick.</summary>
    public ContainerTable? Containers { get; set; }

    public bool HasSources => true;

    /// <summary>Takes in one entry that is no step.</summary>
    /// <returns>False: it makes no sense, or there are too many.</returns>
    public bool TryAdd(EntryType type, ReadOnlySpan<byte> entry)
    {
        _stepBytes += entry.Length + ObjectBytes;
        return _stepBytes <= MaxBytes && type switch
        {
            EntryType.Task => Add(_tasks, entry.ToArray()),
            EntryType.Arguments when entry.Length >= 13 => AddArguments(entry),
            EntryType.CgroupAt when entry.Length >= 8 => AddPath(entry),
            EntryType.Cgroup when entry.Length >= 8 => Add(_walk, new CgroupDirectory(PathOf(entry), Word(entry))),
            EntryType.PathAnswer when entry.Length >= 8 => Add(_answers, new LookupAnswer(Word(entry), PathOf(entry), null, null, null, IsFinal: true)),
            EntryType.IdentityAnswer when entry.Length >= 9 => AddIdentity(entry),
            EntryType.Pod => AddPod(entry),
            EntryType.Loss when entry.Length == 18 => Keep(entry) && Add(_losses, new LossDelta((EventKind)BinaryPrimitives.ReadUInt16LittleEndian(entry), Word(entry[2..]), Word(entry[10..]))),
            EntryType.Cut when entry.Length == 28 => Keep(entry) && Add(
                _cuts, new BudgetCut(Word(entry), (EventClass)BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), Word(entry[12..]), Word(entry[20..]))),
            _ => false,
        };
    }

    /// <summary>Forgets what was for one tick only; when the loop let this one pass, it is for the next.</summary>
    public void EndTick()
    {
        if (_isAsked)
        {
            _isAsked = false;
            _cgroupAt.Clear();
            _arguments.Clear();
            _tasks.Clear();
            _walk.Clear();
            _stepBytes = _keptBytes;
        }
    }

    public IReadOnlyList<byte[]> TakeTasks()
    {
        byte[][] tasks = [.. _tasks];
        _tasks.Clear();
        return tasks;
    }

    public IReadOnlyList<LossDelta> TakeLosses() => Interlocked.Exchange(ref _losses, []);

    public IReadOnlyList<BudgetCut> TakeCuts() => Interlocked.Exchange(ref _cuts, []);

    public bool TryGetId(string path, out ulong cgroupId) => _cgroupAt.TryGetValue(path, out cgroupId) && cgroupId != 0;

    public string? PathOf(uint pid) => null;

    public IEnumerable<CgroupDirectory> Walk(int limit) => Interlocked.Exchange(ref _walk, []).Take(limit);

    public byte[]? ReadArgv(ProcessKey key) => _arguments.GetValueOrDefault(key);

    public bool TryAskPath(CgroupMiss miss) => true;

    public bool TryAskMetadata(ContainerInfo container) => true;

    public bool TryTake(out LookupAnswer answer)
    {
        _isAsked = true;
        while (_answers.TryDequeue(out answer))
        {
            if (answer.Path is not null)
            {
                return true;
            }

            if (Containers?.Find(answer.CgroupId) is { } container)
            {
                answer = answer with { Container = container, Basis = container.Identity };
                return true;
            }
        }

        return false;
    }

    public bool TryFind(string podUid, [NotNullWhen(true)] out PodRecord? pod) => _pods.TryGetValue(podUid, out pod) && pod is not null;

    public bool TryTakeChanged([NotNullWhen(true)] out PodRecord? pod) => _changedPods.TryDequeue(out pod);

    private bool AddArguments(ReadOnlySpan<byte> entry)
    {
        var key = new ProcessKey(BinaryPrimitives.ReadUInt32LittleEndian(entry), Word(entry[4..]));
        _arguments[key] = entry[12] == 0 ? null : entry[13..].ToArray();
        return true;
    }

    private bool AddPath(ReadOnlySpan<byte> entry)
    {
        _cgroupAt[PathOf(entry)] = Word(entry);
        return true;
    }

    private bool AddIdentity(ReadOnlySpan<byte> entry) =>
        TryParse(entry[9..], RecordingJsonContext.Default.ContainerIdentity, out ContainerIdentity? found)
        && Add(_answers, new LookupAnswer(Word(entry), null, null, null, WholeFacts.Of(found), entry[8] != 0));

    private bool AddPod(ReadOnlySpan<byte> entry)
    {
        if (!TryParse(entry, RecordingJsonContext.Default.PodFact, out PodFact? fact) || (fact.IsNews && fact.Pod is null))
        {
            return false;
        }

        fact = WholeFacts.Of(fact);

        // They are known until more becomes known.
        _keptBytes += entry.Length + ObjectBytes;
        _pods[fact.Key] = fact.Pod;
        if (fact.IsNews)
        {
            _changedPods.Enqueue(fact.Pod!);
        }

        return true;
    }

    // Losses are asked for once a second.
    private bool Keep(ReadOnlySpan<byte> entry)
    {
        _keptBytes += entry.Length + ObjectBytes;
        return true;
    }

    private static bool Add<T>(List<T> list, T item)
    {
        list.Add(item);
        return true;
    }

    private static bool Add<T>(Queue<T> queue, T item)
    {
        queue.Enqueue(item);
        return true;
    }

    private static ulong Word(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt64LittleEndian(entry);

    private static string PathOf(ReadOnlySpan<byte> entry) => ByteText.Decode(entry[8..]);

    private static bool TryParse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = JsonSerializer.Deserialize(json, type);
            return value is not null;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }
}
