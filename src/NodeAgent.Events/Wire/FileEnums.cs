// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Source: <c>enum na_open_flag</c>.</summary>
[Flags]
public enum OpenRecordFlags : uint
{
    None = 0,
    UpperLayer = 1,
    Memfd = 2,
    Deleted = 4,
    PathTruncated = 16,

    /// <summary>Path is the caller's string: the open failed, there is no kernel object.</summary>
    CallerPath = 32,

    /// <summary>Caller holds another path than path: a link, or a race.</summary>
    Disagrees = 64,

    /// <summary>Opened through io_uring.</summary>
    IoUring = 128,

    /// <summary>The file was not there before.</summary>
    Created = 256,
}

/// <summary>Source: <c>enum na_file_operation</c>.</summary>
public enum FileOperation : uint
{
    None = 0,

    /// <summary>By mknod too: mode tells the type.</summary>
    Create = 1,

    /// <summary>Path is the new name, other_path the old one.</summary>
    Rename = 2,
    Unlink = 3,

    /// <summary>Path is the new name, other_path the old one.</summary>
    Link = 4,

    /// <summary>Path is the link, other_path what it says.</summary>
    Symlink = 5,
    Chmod = 6,
    Chown = 7,
    Truncate = 8,
    Mkdir = 9,
    Rmdir = 10,

    /// <summary>Path is the mount point, other_path the source, name the type.</summary>
    Mount = 11,
    Umount = 12,

    /// <summary>Name is the attribute; file capabilities are security.capability.</summary>
    SetXattr = 13,
    RemoveXattr = 14,
}
