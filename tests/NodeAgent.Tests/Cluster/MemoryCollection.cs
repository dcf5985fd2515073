// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Cluster;

/// <summary>Tests that read the size of the process's heap: what others allocate meanwhile would be counted with it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class MemoryCollection
{
    public const string Name = "memory";
}
