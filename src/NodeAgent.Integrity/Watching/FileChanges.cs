// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Integrity.Watching;

/// <summary>What may become of a file; also a set of it. The first six are those of Kubescape.</summary>
[Flags]
public enum FileChanges
{
    None = 0,

    /// <summary>A file, folder, link or node that was not there.</summary>
    Create = 1,

    /// <summary>Other contents.</summary>
    Change = 2,
    Remove = 4,

    /// <summary>Another name in the same folder, also over another file.</summary>
    Rename = 8,

    /// <summary>Other permission bits.</summary>
    Chmod = 16,

    /// <summary>Into another folder.</summary>
    Move = 32,
    Chown = 64,

    /// <summary>An extended attribute, such as file capabilities.</summary>
    Attributes = 128,

    /// <summary>A further name, by a hard link.</summary>
    Link = 256,

    /// <summary>Something is mounted there, or no longer.</summary>
    Mount = 512,
    All = 1023,
}
