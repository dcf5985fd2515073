// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Source: <c>enum na_exec_flag</c>.</summary>
[Flags]
public enum ExecFlags : uint
{
    None = 0,

    /// <summary>The executable lies in the upper (written) layer of an overlayfs.</summary>
    UpperLayer = 1,

    /// <summary>From memfd_create(2): no file system holds it.</summary>
    Memfd = 2,

    /// <summary>The link count was 0.</summary>
    Deleted = 4,

    /// <summary>Argv was longer than NA_ARGV_MAX or could not be read whole.</summary>
    ArgvTruncated = 8,

    /// <summary>Exe or cwd was longer than the walk's bound.</summary>
    PathTruncated = 16,

    /// <summary>By #!: script names the file.</summary>
    Script = 32,

    /// <summary>By descriptor: execveat(fd, "", ..., AT_EMPTY_PATH).</summary>
    EmptyPath = 64,
    EnvironmentTruncated = 128,
}

/// <summary>What file descriptor 0 is. Source: <c>enum na_stdin</c>.</summary>
public enum StdinType : uint
{
    /// <summary>Could not be read.</summary>
    Unknown = 0,
    Closed = 1,
    File = 2,
    Pipe = 3,
    Socket = 4,
    Tty = 5,

    /// <summary>Other devices, such as /dev/null.</summary>
    Other = 6,
}

/// <summary>Source: <c>enum na_namespace_operation</c>.</summary>
public enum NamespaceOperation : uint
{
    None = 0,
    Unshare = 1,
    Setns = 2,
    Clone = 3,
    Chroot = 4,
    PivotRoot = 5,
}

/// <summary>Source: <c>enum na_signal_operation</c>.</summary>
public enum SignalOperation : uint
{
    None = 0,
    Sent = 1,

    /// <summary>The header is the victim's; target too.</summary>
    OomKill = 2,
}
