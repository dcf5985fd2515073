// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks;

/// <summary>Options of the way from the rules to the sinks. Configuration section: <c>alerts</c>.</summary>
public sealed class DispatchOptions
{
    public const string SectionName = "alerts";

    /// <summary>Units: alerts that wait for one sink. Default: 1024.</summary>
    public int SinkQueueCapacity { get; set; } = 1024;

    /// <summary>Default: true. One JSON line per alert on standard output.</summary>
    public bool Stdout { get; set; } = true;

    /// <summary>Shape: an absolute path; null or empty = no file. Default: none.</summary>
    public string? FilePath { get; set; }

    /// <summary>Units: bytes after which the file is rotated. Default: 64 MiB.</summary>
    public long FileMaxBytes { get; set; } = 64L << 20;

    /// <summary>Units: files kept, the one being written included. Default: 5.</summary>
    public int FileMaxFiles { get; set; } = 5;

    /// <summary>Says what is wrong, each line with the key at fault.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (SinkQueueCapacity is < 1 or > 1_000_000)
        {
            errors.Add($"{SectionName}:sinkQueueCapacity must be from 1 to 1000000");
        }

        if (!string.IsNullOrEmpty(FilePath) && !Path.IsPathFullyQualified(FilePath))
        {
            errors.Add($"{SectionName}:filePath must be an absolute path: '{FilePath}'");
        }

        if (FileMaxBytes < 4096)
        {
            errors.Add($"{SectionName}:fileMaxBytes must be at least 4096");
        }

        if (FileMaxFiles is < 1 or > 1000)
        {
            errors.Add($"{SectionName}:fileMaxFiles must be from 1 to 1000");
        }

        return errors;
    }
}
