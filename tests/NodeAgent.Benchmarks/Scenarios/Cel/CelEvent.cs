// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Benchmarks.Scenarios.Cel;

/// <summary>An event as a host would show it to rules: one object for all, its strings parts of one buffer.</summary>
internal sealed class CelEvent : CelObject
{
    public static readonly CelObjectType<CelEvent> Type = new CelObjectType<CelEvent>("event")
        .Text("comm", e => e.Comm)
        .Text("exepath", e => e.Exe)
        .Text("path", e => e.Path)
        .Text("proto", e => e.Protocol)
        .Text("dstAddr", e => e.Address)
        .Int("dstPort", e => e.Port)
        .Int("uid", e => e.Uid)
        .Bool("upperlayer", e => e.UpperLayer)
        .List("args", CelType.String, e => e.Arguments);

    public CelText Comm, Exe, Path, Protocol, Address;
    public long Port, Uid;
    public bool UpperLayer;

    public CelEvent(byte[] buffer) => Arguments = new ArgumentList(buffer);

    public ArgumentList Arguments { get; }

    public override CelObjectType ObjectType => Type;

    internal sealed class ArgumentList(byte[] buffer) : CelList
    {
        private readonly (int Start, int Length)[] _places = new (int, int)[64];
        private int _count;

        public override int Count => _count;

        public override CelValue this[int index] => CelValue.Of(new CelText(buffer, _places[index].Start, _places[index].Length));

        public void Clear() => _count = 0;

        public void Add(int start, int length) => _places[_count++] = (start, length);
    }
}

internal sealed class CelContainer : CelObject
{
    public static readonly CelObjectType<CelContainer> Type = new CelObjectType<CelContainer>("container").Text("id", c => c.Id);

    public CelText Id { get; init; }

    public override CelObjectType ObjectType => Type;
}
