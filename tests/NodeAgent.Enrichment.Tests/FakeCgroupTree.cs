// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Enrichment.Cgroups;

namespace NodeAgent.Enrichment.Tests;

/// <summary>A tree in memory; the root has id 1.</summary>
internal sealed class FakeCgroupTree : ICgroupTree
{
    public ConcurrentDictionary<string, ulong> Ids { get; } = new([new KeyValuePair<string, ulong>("/", 1)]);

    public ConcurrentDictionary<uint, string> Processes { get; } = [];

    public int Walks { get; private set; }

    public bool TryGetId(string path, out ulong cgroupId) => Ids.TryGetValue(path, out cgroupId);

    public string? PathOf(uint pid) => Processes.GetValueOrDefault(pid);

    public IEnumerable<CgroupDirectory> Walk(int limit)
    {
        Walks++;
        return Ids.OrderBy(pair => pair.Key.Length).Take(limit).Select(pair => new CgroupDirectory(pair.Key, pair.Value));
    }
}
