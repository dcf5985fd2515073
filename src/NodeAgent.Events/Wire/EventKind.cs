// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>The kind of one ring record. Source: <c>enum na_kind</c> in bpf/include/event.h; append-only.</summary>
public enum EventKind : ushort
{
    None = 0,
    Exec = 1,
    Fork = 2,
    Exit = 3,
    Open = 4,
    TcpConnect = 5,
    TcpAccept = 6,
    TcpClose = 7,
    Flow = 8,
    Dns = 9,
    CgroupMkdir = 10,
    CgroupRmdir = 11,
    CgroupAttach = 12,
    Task = 13,
    ExecFailed = 14,
    Credentials = 15,
    Namespace = 16,
    Signal = 17,
    FileChange = 18,
    Socket = 19,
    UnixConnect = 20,
    Payload = 21,
    Capability = 22,
    Privilege = 23,
    Syscall = 24,
    Suppressed = 25,

    /// <summary>One past the last kind: sizes the counter maps.</summary>
    Limit = 26,
}
