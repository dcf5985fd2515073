// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Storage;

/// <summary>Options of the way to the storage. Configuration section: <c>storage</c>.</summary>
public sealed class ShipperOptions
{
    public const string SectionName = "storage";

    /// <summary>Units: objects that wait at most. Default: 4096.</summary>
    public int MaxPendingObjects { get; set; } = 4096;

    /// <summary>Units: bytes of the objects that wait at most. Default: 32 MiB.</summary>
    public long MaxPendingBytes { get; set; } = 32L << 20;

    /// <summary>The pause after a first failure; it doubles with each further one. Default: 500 ms.</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause, unless the server asks for a longer one. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Says what is wrong, each line with the key at fault.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (MaxPendingObjects < 1)
        {
            errors.Add($"{SectionName}:maxPendingObjects must be at least 1");
        }

        if (MaxPendingBytes < 1 << 20)
        {
            errors.Add($"{SectionName}:maxPendingBytes must be at least 1048576");
        }

        if (BaseDelay <= TimeSpan.Zero)
        {
            errors.Add($"{SectionName}:baseDelay must be more than 0");
        }

        if (MaxDelay < BaseDelay)
        {
            errors.Add($"{SectionName}:maxDelay must not be less than baseDelay");
        }

        return errors;
    }
}

/// <summary>What the shipper did so far.</summary>
public sealed record ShipperCounters(
    long Sent, long Superseded, long Retries, long Rejected, long Dropped, int Pending, long PendingBytes);
