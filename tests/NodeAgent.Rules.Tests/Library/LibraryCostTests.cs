// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Tests.Fixtures;
using NodeAgent.TestSupport;

namespace NodeAgent.Rules.Tests.Library;

/// <summary>What the whole library costs an event at which none of its rules fires.</summary>
public sealed class LibraryCostTests
{
    [Theory]
    [InlineData("open")]
    [InlineData("rename")]
    [InlineData("unlink")]
    [InlineData("exec")]
    [InlineData("connect")]
    [InlineData("close")]
    public void QuietEvent_AllRules_AllocatesNothing(string kind)
    {
        using var bench = new Bench(rules: RuleLibrary.Rules);
        bench.Init.Comm = "make";
        Action<Bench> play = Event(kind);

        Assert.Equal(0, Allocations.Least(() => Play(bench, play)));
        Assert.Empty(bench.Taken());
    }

    private static void Play(Bench bench, Action<Bench> play)
    {
        for (int i = 0; i < 100; i++)
        {
            play(bench);
        }
    }

    // The records are made before, so that nothing but the engine is measured.
    private static Action<Bench> Event(string kind)
    {
        byte[] tail = Encoding.UTF8.GetBytes("/usr/lib/x/y.so/usr/lib/x/y.so.dpkg-newcc1\0-quiet\0");
        WireString path = new() { Length = 15 }, other = new() { Offset = 15, Length = 24 };
        switch (kind)
        {
            case "open":
                return b =>
                {
                    var record = new OpenRecord { Header = b.Header(EventKind.Open, "cc1"u8), Path = path, Flags = 0x241 };
                    var view = new OpenEvent(in record, tail);
                    b.Engine.OnOpen(in view, b.Subject);
                };
            case "exec":
                return b =>
                {
                    var record = new ExecRecord { Header = b.Header(EventKind.Exec, "cc1"u8), Exe = path, Argv = new WireString { Offset = 39, Length = 11 } };
                    var view = new ExecEvent(in record, tail);
                    b.Engine.OnExec(in view, b.Subject);
                };
            case "connect" or "close":
                return b =>
                {
                    var record = new TcpRecord
                    {
                        Header = b.Header(kind == "close" ? EventKind.TcpClose : EventKind.TcpConnect, "cc1"u8),
                        Family = 2,
                        RemotePort = 443,
                        Direction = FlowDirection.Outbound,
                    };
                    record.RemoteAddress[0] = 127;
                    var view = new TcpEvent(in record);
                    b.Engine.OnTcp(in view, b.Subject);
                };
            default:
                FileOperation operation = kind == "rename" ? FileOperation.Rename : FileOperation.Unlink;
                return b =>
                {
                    var record = new FileChangeRecord { Header = b.Header(EventKind.FileChange, "cc1"u8), Operation = operation, Path = path, OtherPath = other };
                    var view = new FileChangeEvent(in record, tail);
                    b.Engine.OnFileChange(in view, b.Subject);
                };
        }
    }
}
