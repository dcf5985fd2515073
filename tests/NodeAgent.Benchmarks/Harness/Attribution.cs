// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events;
using NodeAgent.Events.Identity;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>Holds who an event is said to belong to against who made it, as the event's own content tells.</summary>
/// <param name="mark">What stands before the number of the container in arguments and file names, in ASCII.</param>
internal sealed class Attribution(byte[] mark, Func<int, (string ContainerId, string PodUid)> expected) : QuietStage
{
    private long _events;
    private long _attributed;

    /// <summary>Events of the containers.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Those of them that carried container id and pod uid, and the right ones.</summary>
    public long Attributed => Volatile.Read(ref _attributed);

    public override void OnExec(in ExecEvent exec, EventSubject subject)
    {
        if (!exec.IsSnapshot)
        {
            Note(exec.Argv, subject);
        }
    }

    public override void OnOpen(in OpenEvent open, EventSubject subject) => Note(open.Path, subject);

    private void Note(ReadOnlySpan<byte> text, EventSubject subject)
    {
        int at = text.IndexOf(mark);
        if (at < 0)
        {
            return;
        }

        ReadOnlySpan<byte> digits = text[(at + mark.Length)..];
        int length = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (!int.TryParse(length < 0 ? digits : digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return;
        }

        ContainerIdentity identity = subject.Container.Identity;
        bool isRight = (identity.ContainerId, identity.PodUid) == expected(number);
        Volatile.Write(ref _attributed, _attributed + (isRight ? 1 : 0));
        Volatile.Write(ref _events, _events + 1);
    }
}
