// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Peers;

/// <summary>Bounds of what is remembered of peers.</summary>
public sealed class PeerTableOptions
{
    public const string Section = "enrichment:peers";

    /// <summary>Pods, services, endpoint slices and nodes; what comes when it is full is not taken, and counted.</summary>
    public int MaxObjects { get; set; } = 65_536;

    /// <summary>Who had an address before, of all addresses; the oldest goes first.</summary>
    public int MaxHistory { get; set; } = 16_384;

    /// <summary>Who had one address before.</summary>
    public int MaxHistoryPerAddress { get; set; } = 8;

    /// <summary>How long it is remembered who had an address before.</summary>
    public TimeSpan HistoryAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How much later than it begins to talk an object is told of at most; its address is believed to be its own so long before.</summary>
    public TimeSpan AnnounceLag { get; set; } = TimeSpan.FromSeconds(15);

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        OptionCheck.AtLeast(Section, nameof(MaxObjects), MaxObjects, 1);
        OptionCheck.AtLeast(Section, nameof(MaxHistory), MaxHistory, 1);
        OptionCheck.AtLeast(Section, nameof(MaxHistoryPerAddress), MaxHistoryPerAddress, 1);
        OptionCheck.AtLeast(Section, nameof(HistoryAge), HistoryAge.Ticks, 0);
        OptionCheck.AtLeast(Section, nameof(AnnounceLag), AnnounceLag.Ticks, 0);
    }
}
