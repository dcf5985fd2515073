// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests;

/// <summary>Makes records as the decoder would hand them on, and passes them to a stage.</summary>
internal static class Records
{
    public static HeaderRecord Header(
        EventKind kind, ulong time, uint pid, ulong start, ulong cgroup = 0, string comm = "comm", uint uid = 0, HeaderFlags flags = 0)
    {
        var header = new HeaderRecord
        {
            Kind = kind,
            TimeNs = time,
            Pid = pid,
            Tid = pid,
            StartTimeNs = start,
            CgroupId = cgroup,
            Uid = uid,
            Flags = flags,
        };
        Encoding.UTF8.GetBytes(comm).CopyTo((Span<byte>)header.Comm);
        return header;
    }

    public static void Exec(
        this EnrichmentStage stage, ulong time, uint pid, ulong start, uint parent, ulong parentStart, string exe, string[] argv,
        ulong cgroup = 0, bool snapshot = false, string comm = "comm", string script = "", string[]? environment = null)
    {
        byte[] path = Encoding.UTF8.GetBytes(exe);
        byte[] cwd = "/"u8.ToArray();
        byte[] arguments = Encoding.UTF8.GetBytes(string.Concat(argv.Select(argument => argument + "\0")));
        byte[] scriptPath = Encoding.UTF8.GetBytes(script);
        byte[] variables = Encoding.UTF8.GetBytes(string.Concat((environment ?? []).Select(variable => variable + "\0")));
        byte[] tail = [.. path, .. cwd, .. arguments, .. scriptPath, .. variables];
        int at = path.Length + cwd.Length + arguments.Length;
        var record = new ExecRecord
        {
            Header = Header(snapshot ? EventKind.Task : EventKind.Exec, time, pid, start, cgroup, comm),
            ParentPid = parent,
            ParentStartTimeNs = parentStart,
            EffectiveUid = 7,
            Session = 11,
            Tty = 136 << 20,
            StdinType = StdinType.Pipe,
            StdinInode = 4711,
            Script = new WireString { Offset = (ushort)at, Length = (ushort)scriptPath.Length },
            Environment = new WireString { Offset = (ushort)(at + scriptPath.Length), Length = (ushort)variables.Length },
            Exe = new WireString { Offset = 0, Length = (ushort)path.Length },
            Cwd = new WireString { Offset = (ushort)path.Length, Length = (ushort)cwd.Length },
            Argv = new WireString { Offset = (ushort)(path.Length + cwd.Length), Length = (ushort)arguments.Length },
        };
        var subject = new Events.Identity.EventSubject();
        stage.Resolve(record.Header, subject);
        stage.OnExec(new ExecEvent(in record, tail), subject);
    }

    public static void Fork(
        this EnrichmentStage stage, ulong time, uint pid, ulong start, uint child, ulong childStart, ulong cgroup = 0, ulong childCgroup = 0)
    {
        var record = new ForkRecord
        {
            Header = Header(EventKind.Fork, time, pid, start, cgroup),
            ChildPid = child,
            ChildStartTimeNs = childStart,
            ChildCgroupId = childCgroup,
        };
        var subject = new Events.Identity.EventSubject();
        stage.Resolve(record.Header, subject);
        stage.OnFork(new ForkEvent(in record), subject);
    }

    public static void Exit(this EnrichmentStage stage, ulong time, uint pid, ulong start)
    {
        var record = new ExitRecord { Header = Header(EventKind.Exit, time, pid, start) };
        var subject = new Events.Identity.EventSubject();
        stage.Resolve(record.Header, subject);
        stage.OnExit(new ExitEvent(in record), subject);
    }

    public static Events.Identity.ContainerInfo Cgroup(
        this EnrichmentStage stage, EventKind kind, ulong time, ulong id, string path, uint attachedPid = 0, ulong attachedStart = 0)
    {
        byte[] tail = Encoding.UTF8.GetBytes(path);
        var record = new CgroupRecord
        {
            Header = Header(kind, time, 1, 1, id),
            AttachedPid = attachedPid,
            AttachedStartTimeNs = attachedStart,
            Path = new WireString { Offset = 0, Length = (ushort)tail.Length },
        };
        var subject = new Events.Identity.EventSubject();
        stage.Resolve(record.Header, subject);
        stage.OnCgroup(new CgroupEvent(in record, tail), subject);
        return subject.Container;
    }
}
