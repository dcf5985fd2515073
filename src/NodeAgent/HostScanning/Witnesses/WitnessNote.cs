// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.HostScan.Drift;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Who did what. The oldest is filled again for the next, so that most acts allocate nothing.</summary>
/// <remarks>What a process was at that time is noted by itself: it may execute something else afterwards.</remarks>
internal sealed class WitnessNote
{
    private byte[] _name = [];
    private int _length;
    private DriftSubject _subject;

    public RuleEventType Type { get; private set; }

    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _length);

    /// <summary>0 = not known.</summary>
    public ulong Inode { get; private set; }

    public uint Device { get; private set; }

    /// <summary>Units: ns of CLOCK_BOOTTIME; the newest time when it was done several times.</summary>
    public ulong TimeNs { get; private set; }

    public ProcessInfo Process { get; private set; } = ProcessInfo.Unknown;

    public ContainerInfo Unit { get; private set; } = ContainerInfo.Unknown;

    public string ExePath { get; private set; } = string.Empty;

    private string Comm { get; set; } = string.Empty;

    private IReadOnlyList<string> Argv { get; set; } = [];

    public bool IsOfContainer => Unit.Identity.Kind == UnitKind.Container;

    public void Set(in WitnessedAct act, EventSubject who)
    {
        if (_name.Length < act.Name.Length)
        {
            _name = new byte[Math.Max(act.Name.Length, 64)];
        }

        act.Name.CopyTo(_name);
        _length = act.Name.Length;
        (_subject, Type, Inode, Device, TimeNs) = (act.Subject, act.Type, act.Inode, act.Device, act.Header.TimeNs);
        (Process, Unit) = (who.Process, who.Container);
        (Comm, ExePath, Argv) = (who.Process.Comm, who.Process.ExePath, who.Process.Argv);
    }

    /// <summary>Whether the same program did the same to the same thing; it is then as new as the act.</summary>
    public bool TryRepeat(in WitnessedAct act, EventSubject who)
    {
        if (!ReferenceEquals(Process, who.Process) || !ReferenceEquals(ExePath, who.Process.ExePath) || Type != act.Type || _subject != act.Subject
            || Inode != act.Inode || Device != act.Device || !Name.SequenceEqual(act.Name))
        {
            return false;
        }

        TimeNs = Math.Max(TimeNs, act.Header.TimeNs);
        return true;
    }

    public WitnessMatch Match(WitnessQuestion question)
    {
        if (_subject != question.Subject)
        {
            return WitnessMatch.None;
        }

        if (_subject == DriftSubject.Module)
        {
            return question.IsModule(Name) ? WitnessMatch.Same : WitnessMatch.None;
        }

        if (Inode != 0 && Inode == question.Inode && Device == question.Device)
        {
            return WitnessMatch.Same;
        }

        bool isNamed = IsOfContainer ? Name.EndsWith(question.Name) && MayBeOfHost(question) : Name.SequenceEqual(question.Name);
        return isNamed ? WitnessMatch.Name : WitnessMatch.None;
    }

    // A container sees other files under the same names, and the host's under longer ones. Not each kernel tells the device.
    private bool MayBeOfHost(WitnessQuestion question) => Device == 0 ? _length > question.Name.Length : Device == question.Device;

    /// <summary>The process as it was.</summary>
    public ProcessInfo Doer() => new(Process.Key)
    {
        Comm = Comm,
        ExePath = ExePath,
        Argv = Argv,
        Cwd = Process.Cwd,
        ExecFlags = Process.ExecFlags,
        Uid = Process.Uid,
        Gid = Process.Gid,
        Parent = Process.Parent,
        ParentPid = Process.ParentPid,
        Container = Process.Container,
        OriginalContainer = Process.OriginalContainer,
    };
}
