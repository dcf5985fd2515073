// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers;

/// <summary>Bounds and timing of the container table.</summary>
public sealed class ContainerTableOptions
{
    public const string Section = "enrichment:containers";

    /// <summary>Cgroups that are remembered, removed ones included.</summary>
    public int MaxCgroups { get; set; } = 32_768;

    /// <summary>How long a removed container stays resolvable, by event time.</summary>
    public TimeSpan RemovedGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The least time between two walks of the cgroup tree in search of unknown cgroups.</summary>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Questions that wait for the background task, per sort.</summary>
    public int LookupQueueCapacity { get; set; } = 1024;

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        OptionCheck.AtLeast(Section, nameof(MaxCgroups), MaxCgroups, 16);
        OptionCheck.AtLeast(Section, nameof(RemovedGrace), RemovedGrace.Ticks, 0);
        OptionCheck.AtLeast(Section, nameof(RescanInterval), RescanInterval.Ticks, 1);
        OptionCheck.AtLeast(Section, nameof(LookupQueueCapacity), LookupQueueCapacity, 1);
    }
}
