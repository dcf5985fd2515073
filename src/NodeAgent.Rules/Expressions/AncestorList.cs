// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.Expressions;

/// <summary>The processes above the event's, the parent first, up to <see cref="MaxCount"/>; found when a rule first asks.</summary>
internal sealed class AncestorList : CelList
{
    public const int MaxCount = 32;

    private readonly ProcessObject[] _processes;
    private int _count = -1;
    private ProcessInfo _of = ProcessInfo.Unknown;

    public AncestorList(EventScope scope)
    {
        _processes = new ProcessObject[MaxCount];
        for (int i = 0; i < MaxCount; i++)
        {
            _processes[i] = new ProcessObject(scope);
        }
    }

    public override int Count
    {
        get
        {
            if (_count < 0)
            {
                Find();
            }

            return _count;
        }
    }

    public override CelValue this[int index] => CelValue.Of(_processes[index]);

    public void Begin(ProcessInfo of) => (_of, _count) = (of, -1);

    private void Find()
    {
        _count = 0;
        for (ProcessInfo? at = _of.Parent; at is not null && _count < MaxCount; at = at.Parent)
        {
            _processes[_count++].Process = at;
        }
    }
}
