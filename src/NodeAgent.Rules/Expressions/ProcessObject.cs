// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>A process as rules see it: <c>proc</c> is the event's, <c>event.ancestors</c> are those above it.</summary>
/// <remarks>Texts are the <c>ByteText</c> of what the kernel told. Instances are reused from event to event.</remarks>
internal sealed class ProcessObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<ProcessObject> Type = new CelObjectType<ProcessObject>("na.process")
        .Int("pid", p => p.Process.Pid)
        .Int("ppid", p => p.Process.Parent?.Pid ?? p.Process.ParentPid)
        .Text("comm", p => p.Text(p.Process.Comm))
        .Text("exepath", p => p.Text(p.Process.ExePath))
        .Text("cwd", p => p.Text(p.Process.Cwd))
        .Text("script", p => p.Text(p.Process.Script))
        .List("args", CelType.String, p => p.Arguments())
        .List("environment", CelType.String, p => p.Environment())
        .Int("uid", p => p.Process.Uid)
        .Int("gid", p => p.Process.Gid)
        .Int("euid", p => p.Process.EffectiveUid)
        .List("caps", CelType.String, p => CapabilitySets.NamesOf(p.Process.Capabilities))
        .Value("startTime", CelType.Timestamp, p => p.StartTime())
        .Bool("hasTty", p => p.Process.Tty != 0)
        .Text("stdin", p => StdinNames.Of(p.Process.StdinType))
        .Int("session", p => p.Process.Session)
        .Bool("fromOutside", p => p.Process.IsSession)
        .Bool("entrant", p => p.IsEntrant())
        .Bool("upperlayer", p => p.Has(ExecFlags.UpperLayer))
        .Bool("memfd", p => p.Has(ExecFlags.Memfd))
        .Bool("deleted", p => p.Has(ExecFlags.Deleted))
        .Bool("sameContainer", p => p.Process.Container.CgroupId == p._scope.Context.Container.CgroupId);

    private readonly EventScope _scope = scope;
    private readonly ArgumentList _texts = new();
    private readonly ArgumentList _environment = new();

    public ProcessInfo Process { get; set; } = ProcessInfo.Unknown;

    public override CelObjectType ObjectType => Type;

    private CelText Text(string text) => _scope.Arena.Copy(text);

    private bool Has(ExecFlags flag) => (Process.ExecFlags & flag) != 0;

    private bool IsEntrant() => ReferenceEquals(Process, _scope.Context.Process) && _scope.Event.IsEntrant;

    private CelValue StartTime() => CelValue.Of(CelTimestamp.FromUnixNanoseconds(_scope.UnixNanosecondsOf(Process.Key.StartTimeNs)));

    private ArgumentList Arguments() => Fill(_texts, Process.Argv);

    private ArgumentList Environment() => Fill(_environment, Process.Environment);

    private ArgumentList Fill(ArgumentList list, IReadOnlyList<string> texts)
    {
        list.Clear();
        for (int i = 0; i < texts.Count; i++)
        {
            list.Add(Text(texts[i]));
        }

        return list;
    }
}
