// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Storage;

/// <summary>Options of the way to the storage. Configuration section: <c>storage</c>.</summary>
public sealed class ShipperOptions
{
    public const string SectionName = "storage";

    /// <summary>Units: bytes of one chunk of a profile as JSON; a storage that answers 413 halves it. Default: 1 MiB.</summary>
    public int MaxChunkBytes { get; set; } = 1 << 20;

    /// <summary>The pause after a first failure; it doubles with each further one. Default: 500 ms.</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause, unless the server asks for a longer one. Default: 30 s.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Says what is wrong, each line with the key at fault.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (MaxChunkBytes < 16 << 10)
        {
            errors.Add($"{SectionName}:maxChunkBytes must be at least 16384");
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
