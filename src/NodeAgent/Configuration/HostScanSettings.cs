// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Configuration;

/// <summary>Scans of the node.</summary>
public sealed class HostScanSettings
{
    public bool Enabled { get; set; } = true;

    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Time between two walks over the node's files, which take two and a half seconds of a core for half a million of them.</summary>
    public TimeSpan FilesInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Time from the agent's start to the first scan, so that the start is not made slower.</summary>
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether changes between two scans are alerts.</summary>
    public bool Drift { get; set; } = true;

    /// <summary>Whether the cloud's metadata services are asked, to see what they give to whoever asks.</summary>
    public bool CloudMetadata { get; set; }

    /// <summary>Directory in which the root of the node is mounted; empty = that of <see cref="ContainerSettings.HostRoot"/>, or /.</summary>
    public string Root { get; set; } = string.Empty;

    /// <summary>Folder of own checks; empty = none.</summary>
    public string Checks { get; set; } = string.Empty;

    /// <summary>File or folder of exceptions; empty = none.</summary>
    public string Exceptions { get; set; } = string.Empty;

    /// <summary>Namespace of the object with the results; empty = that of units without one.</summary>
    public string Namespace { get; set; } = string.Empty;
}
