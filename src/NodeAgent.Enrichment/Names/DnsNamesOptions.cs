// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Names;

/// <summary>Bounds of what is remembered of DNS answers.</summary>
public sealed class DnsNamesOptions
{
    public const string Section = "enrichment:dns";

    /// <summary>Addresses per container; the least recently used goes first.</summary>
    public int MaxPerContainer { get; set; } = 2048;

    /// <summary>Addresses of all containers; when full the container with the most loses its least recently used.</summary>
    public int MaxTotal { get; set; } = 65_536;

    /// <summary>An answer is believed at least so long: programs go on with an address after its TTL.</summary>
    public TimeSpan MinLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>And at most so long.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        OptionCheck.AtLeast(Section, nameof(MaxPerContainer), MaxPerContainer, 1);
        OptionCheck.AtLeast(Section, nameof(MaxTotal), MaxTotal, 1);
        OptionCheck.AtLeast(Section, nameof(MinLifetime), MinLifetime.Ticks, 0);
        OptionCheck.AtLeast(Section, nameof(MaxLifetime), MaxLifetime.Ticks, MinLifetime.Ticks);
    }
}
