// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Evaluation;

/// <summary>A host's object with fields of each kind.</summary>
internal sealed class HostEvent : CelObject
{
    public static readonly CelObjectType<HostEvent> Type = new CelObjectType<HostEvent>("event")
        .Text("comm", e => e.Comm, e => e.Comm.Length > 0)
        .Alias("name", "comm")
        .Int("pid", e => e.Pid)
        .Uint("inode", e => e.Inode)
        .Bool("upper", e => e.Upper)
        .Double("load", e => e.Load)
        .List("args", CelType.String, e => e.Args)
        .Map("labels", CelType.String, CelType.String, e => e.Labels)
        .Value("started", CelType.Timestamp, e => CelValue.Of(e.Started))
        .Value("parent", CelType.Object(HostParent.Type), e => CelValue.Of(e.Parent));

    public CelText Comm { get; set; } = CelText.Of("sh");

    public long Pid { get; set; } = 42;

    public ulong Inode { get; set; } = ulong.MaxValue;

    public bool Upper { get; set; } = true;

    public double Load { get; set; } = 0.5;

    public CelList? Args { get; set; } = CelList.OfTexts(["sh", "-c", "id"]);

    public CelMap? Labels { get; set; } = CelMap.OfTexts([new("app", "web")]);

    public CelTimestamp Started { get; set; } = CelTimestamp.FromUnixNanoseconds(1_500_000_000);

    public HostParent? Parent { get; set; } = new();

    public override CelObjectType ObjectType => Type;

    public static CelEnvironmentBuilder Builder(out CelVariable variable) =>
        new CelEnvironmentBuilder().Variable("event", CelType.Object(Type), out variable);
}

internal sealed class HostParent : CelObject
{
    public static readonly CelObjectType<HostParent> Type = new CelObjectType<HostParent>("parent").Text("comm", _ => CelText.Of("bash"));

    public override CelObjectType ObjectType => Type;
}
