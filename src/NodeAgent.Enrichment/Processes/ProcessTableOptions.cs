// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Processes;

/// <summary>Bounds of the process table.</summary>
public sealed class ProcessTableOptions
{
    public const string Section = "enrichment:processes";

    /// <summary>Processes that are remembered, exited ones included.</summary>
    public int MaxProcesses { get; set; } = 65_536;

    /// <summary>Units: bytes, counted approximately.</summary>
    public long MaxBytes { get; set; } = 64 << 20;

    /// <summary>How long a process is remembered after its end, by event time.</summary>
    public TimeSpan ExitGrace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Distinct paths and arguments that share one string.</summary>
    public int MaxInternedStrings { get; set; } = 16_384;

    /// <summary>Units: bytes.</summary>
    public long MaxInternedBytes { get; set; } = 4 << 20;

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        OptionCheck.AtLeast(Section, nameof(MaxProcesses), MaxProcesses, 16);
        OptionCheck.AtLeast(Section, nameof(MaxBytes), MaxBytes, 65_536);
        OptionCheck.AtLeast(Section, nameof(ExitGrace), ExitGrace.Ticks, 0);
        OptionCheck.AtLeast(Section, nameof(MaxInternedStrings), MaxInternedStrings, 16);
        OptionCheck.AtLeast(Section, nameof(MaxInternedBytes), MaxInternedBytes, 4096);
    }
}
