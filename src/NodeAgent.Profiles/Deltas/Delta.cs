// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Merging;

namespace NodeAgent.Profiles.Deltas;

/// <summary>What a series has to tell now, in chunks of bounded size. Nothing of it is acknowledged before all of it is.</summary>
public sealed class Delta
{
    private readonly List<List<ProfileEntry>> _parts;
    private readonly Func<int, ContainerProfileSpec, ContainerProfile> _chunk;
    private readonly ContainerProfileSpec _head;

    internal Delta(long sequence, long @base, string statement, ulong[] known, List<List<ProfileEntry>> parts, ContainerProfileSpec head, Func<int, ContainerProfileSpec, ContainerProfile> chunk)
    {
        Sequence = sequence;
        Base = @base;
        Statement = statement;
        Known = known;
        _parts = parts;
        _head = head;
        _chunk = chunk;
    }

    public long Sequence { get; }

    public long Base { get; }

    /// <summary>Units: chunks, at least one.</summary>
    public int Parts => _parts.Count;

    /// <summary>Units: elements of lists.</summary>
    public int Entries => _parts.Sum(part => part.Count);

    internal string Statement { get; }

    /// <summary>Hashes of all entries that the storage has when the delta is acknowledged; sorted.</summary>
    internal ulong[] Known { get; }

    /// <param name="part">From 0.</param>
    public ContainerProfile Chunk(int part) => _chunk(part, ProfileEntry.ToSpec(_head, _parts[part]));

    /// <summary>How many elements a chunk holds: one that has a single one cannot be made smaller.</summary>
    public int EntriesOf(int part) => _parts[part].Count;

    internal IEnumerable<ulong> HashesOf(int part) => _parts[part].Select(entry => entry.Hash);
}
