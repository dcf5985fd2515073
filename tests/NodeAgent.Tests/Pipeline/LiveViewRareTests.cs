// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Pipeline;
using NodeAgent.Tests.Operations;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

/// <summary>Rows of the kinds that come rarely.</summary>
public sealed class LiveViewRareTests : IDisposable
{
    private static readonly byte[] Here = [10, 0, 0, 1];
    private static readonly byte[] There = [10, 0, 0, 2];
    private readonly LiveView _view;
    private readonly PipelineRig _rig;

    public LiveViewRareTests()
    {
        _view = new LiveView(new TraceFilter(TraceKind.All, null, null), new EventClock(new ManualTime(DateTimeOffset.UnixEpoch)), 16);
        _rig = new PipelineRig(_view).WithUnit("web");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void ExecFailed_Row_TellsTheError() => AssertRow(RecordBuilder.ExecFailed("/bin/missing"), "exec", "/bin/missing = ENOENT");

    [Fact]
    public void Credentials_Row_TellsOnlyWhatChanged() => AssertRow(
        RecordBuilder.Of(EventKind.Credentials, new CredentialsRecord { OldUid = 1000, OldGid = 5, NewGid = 5, NewEffectiveCaps = 0x3f }),
        "creds",
        "uid 1000->0 effective 0x0->0x3f");

    [Theory]
    [InlineData(NamespaceOperation.Chroot, "chroot", "/new")]
    [InlineData(NamespaceOperation.PivotRoot, "pivotroot", "/new /old")]
    [InlineData(NamespaceOperation.Unshare, "unshare", "flags 0x20000")]
    [InlineData(NamespaceOperation.Clone, "clone", "flags 0x20000 child 0")]
    public void Namespace_Row_TellsByOperation(NamespaceOperation operation, string kind, string detail) =>
        AssertRow(RecordBuilder.Namespace(operation, "/new", "/old", 0x20000), kind, detail);

    [Theory]
    [InlineData(SignalOperation.Sent, "signal", "9 to  (101)")]
    [InlineData(SignalOperation.OomKill, "oom", " (101) out of memory")]
    public void Signal_Row_TellsTheTarget(SignalOperation operation, string kind, string detail) => AssertRow(
        RecordBuilder.Of(EventKind.Signal, new SignalRecord { Operation = operation, Signal = 9, TargetPid = 101 }), kind, detail);

    [Theory]
    [InlineData(FileOperation.Rename, "rename", "/b -> /a")]
    [InlineData(FileOperation.Link, "link", "/a -> /b")]
    [InlineData(FileOperation.Symlink, "symlink", "/a -> /b")]
    [InlineData(FileOperation.Mount, "mount", "/b on /a type n")]
    [InlineData(FileOperation.Chmod, "chmod", "/a 0000")]
    [InlineData(FileOperation.Chown, "chown", "/a 0:0")]
    [InlineData(FileOperation.Truncate, "truncate", "/a to 0 bytes")]
    [InlineData(FileOperation.SetXattr, "setxattr", "/a n")]
    [InlineData(FileOperation.Unlink, "unlink", "/a")]
    public void FileChange_Row_TellsBothNames(FileOperation operation, string kind, string detail) =>
        AssertRow(RecordBuilder.FileChange(operation, "/a", "/b", "n"), kind, detail);

    [Fact]
    public void FileChange_Failed_TellsTheError() =>
        AssertRow(RecordBuilder.FileChange(FileOperation.Unlink, "/a", error: 13), "unlink", "/a = EACCES");

    [Fact]
    public void Socket_Rows_TellTheEndpoint()
    {
        AssertRow(
            RecordBuilder.Of(EventKind.Socket, new SocketRecord { Operation = SocketOperation.Listen, Family = 2, LocalPort = 80 }), "listen", "0.0.0.0:80");
        AssertRow(
            RecordBuilder.Of(EventKind.Socket, new SocketRecord { Operation = SocketOperation.Create, Family = 10, SocketType = 3, Protocol = 58 }),
            "create",
            "family 10 type 3 protocol 58");
    }

    [Fact]
    public void UnixConnect_Row_TellsThePath() =>
        AssertRow(RecordBuilder.UnixConnect("/run/docker.sock", 13), "connect", "unix /run/docker.sock = EACCES");

    [Fact]
    public void Payload_Rows_TellTheHead()
    {
        AssertRow(
            RecordBuilder.Payload(PayloadProtocol.HttpRequest, Encoding.ASCII.GetBytes("GET /a HTTP/1.1\r\nHost: b\r\n\r\n"), Here, There),
            "http",
            "10.0.0.1:40000 -> 10.0.0.2:80 GET /a HTTP/1.1 host b");
        AssertRow(
            RecordBuilder.Payload(PayloadProtocol.TlsClientHello, [22, 3, 1], Here, There), "tls", "10.0.0.1:40000 -> 10.0.0.2:80 client hello, 3 bytes, cut");
        byte[] hello =
        [
            22, 3, 1, 0, 69, 1, 0, 0, 65, 3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0,
            0, 22, 0, 0, 0, 9, 0, 7, 0, 0, 4, .. "a.bc"u8, 0, 16, 0, 5, 0, 3, 2, .. "h2"u8,
        ];
        AssertRow(RecordBuilder.Payload(PayloadProtocol.TlsClientHello, hello, Here, There), "tls", "10.0.0.1:40000 -> 10.0.0.2:80 client hello a.bc TLS 1.2 h2");
    }

    [Theory]
    [InlineData(1u, "icmp")]
    [InlineData(58u, "icmp6")]
    [InlineData(132u, "sctp")]
    [InlineData(89u, "ip/89")]
    public void Flow_OtherProtocols_AreNamed(uint protocol, string kind) =>
        AssertRow(RecordBuilder.Flow(Here, 0, There, 0, protocol: protocol), kind, "10.0.0.1:0 -> 10.0.0.2:0");

    [Fact]
    public void Capability_Row_TellsTheOutcome() => AssertRow(
        RecordBuilder.Of(EventKind.Capability, new CapabilityRecord { Capability = 21, Syscall = 165, Granted = 1 }), "cap", "21 granted, system call 165");

    [Fact]
    public void Privilege_Row_TellsArgumentsAndDetail() =>
        AssertRow(RecordBuilder.Privilege(PrivilegeOperation.MemfdCreate, "x", 1), "memfdcreate", "0x0 0x0 0x0 0x0 x = EPERM");

    [Fact]
    public void Syscall_Row_TellsTheNumber() =>
        AssertRow(RecordBuilder.Of(EventKind.Syscall, new SyscallRecord { Number = 59 }), "syscall", "59");

    [Fact]
    public void Suppressed_Count_IsALoss()
    {
        _rig.Feed(RecordBuilder.Of(EventKind.Suppressed, new SuppressedRecord { Class = EventClass.File, Count = 3 }));

        Assert.Equal(3, _view.Lost);
    }

    private void AssertRow(byte[] record, string kind, string detail)
    {
        _rig.Feed(record);
        Assert.True(_view.Rows.TryRead(out TraceRow? row));
        Assert.Equal((kind, detail), (row.Kind, row.Detail));
    }
}
