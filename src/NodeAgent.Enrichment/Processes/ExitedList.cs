// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Processes;

/// <summary>Exited processes within their grace, oldest exit first.</summary>
internal sealed class ExitedList
{
    private ProcessEntry? _last;

    public ProcessEntry? First { get; private set; }

    public void Append(ProcessEntry entry)
    {
        entry.PreviousExited = _last;
        if (_last is null)
        {
            First = entry;
        }
        else
        {
            _last.NextExited = entry;
        }

        _last = entry;
        entry.InExitedList = true;
    }

    public void Remove(ProcessEntry entry)
    {
        if (!entry.InExitedList)
        {
            return;
        }

        if (entry.PreviousExited is null)
        {
            First = entry.NextExited;
        }
        else
        {
            entry.PreviousExited.NextExited = entry.NextExited;
        }

        if (entry.NextExited is null)
        {
            _last = entry.PreviousExited;
        }
        else
        {
            entry.NextExited.PreviousExited = entry.PreviousExited;
        }

        entry.NextExited = null;
        entry.PreviousExited = null;
        entry.InExitedList = false;
    }
}
