// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Processes;

/// <summary>The ancestors of a process, nearest first; use it in a foreach, it allocates nothing.</summary>
public struct ProcessAncestors(ProcessInfo process)
{
    private const int MaxDepth = 128;
    private int _left = MaxDepth;

    public ProcessInfo Current { get; private set; } = process;

    public readonly ProcessAncestors GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left-- == 0 || Current.Parent is not { } parent)
        {
            return false;
        }

        Current = parent;
        return true;
    }
}
