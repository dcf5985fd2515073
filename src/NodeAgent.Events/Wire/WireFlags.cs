// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Source: <c>enum na_header_flag</c>.</summary>
[Flags]
public enum HeaderFlags : ushort
{
    None = 0,

    /// <summary>The task fields are the socket owner's; the record was made in softirq.</summary>
    Softirq = 1,
}

/// <summary>Source: <c>enum na_exec_flag</c>.</summary>
[Flags]
public enum ExecFlags : uint
{
    None = 0,
    UpperLayer = 1,
    Memfd = 2,
    Deleted = 4,
    ArgvTruncated = 8,
    PathTruncated = 16,
}

/// <summary>Source: <c>enum na_open_flag</c>.</summary>
[Flags]
public enum OpenRecordFlags : uint
{
    None = 0,
    UpperLayer = 1,
    Memfd = 2,
    Deleted = 4,
    PathTruncated = 16,

    /// <summary>The path is the caller's string: the open failed and there is no kernel object to ask.</summary>
    CallerPath = 32,
}

/// <summary>Source: <c>enum na_dns_flag</c>.</summary>
[Flags]
public enum DnsRecordFlags : uint
{
    None = 0,
    Truncated = 1,
}

/// <summary>Source: <c>enum na_direction</c>.</summary>
public enum FlowDirection : ushort
{
    Unknown = 0,
    Outbound = 1,
    Inbound = 2,
}
