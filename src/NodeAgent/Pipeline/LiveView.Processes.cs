// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Pipeline;

internal sealed partial class LiveView
{
    public void OnExecFailed(in ExecFailedEvent failed, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Exec, subject.Container))
        {
            Write(failed.Record.Header, "exec", subject, $"{ByteText.Decode(failed.Path)}{Outcome(failed.Record.Error)}");
        }
    }

    public void OnCredentials(in CredentialsEvent credentials, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Process, subject.Container))
        {
            Write(credentials.Record.Header, "creds", subject, Changes(credentials.Record));
        }
    }

    public void OnNamespace(in NamespaceEvent change, EventSubject subject)
    {
        if (!filter.Accepts(TraceKind.Process, subject.Container))
        {
            return;
        }

        ref readonly NamespaceRecord record = ref change.Record;
        string detail = record.Operation switch
        {
            NamespaceOperation.Chroot => ByteText.Decode(change.Path),
            NamespaceOperation.PivotRoot => $"{ByteText.Decode(change.Path)} {ByteText.Decode(change.OtherPath)}",
            NamespaceOperation.Clone => string.Create(CultureInfo.InvariantCulture, $"flags 0x{record.Flags:x} child {record.ChildPid}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"flags 0x{record.Flags:x}"),
        };
        Write(record.Header, Lower(record.Operation), subject, detail + Outcome(record.Error));
    }

    public void OnSignal(in SignalEvent signal, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Process, subject.Container))
        {
            ref readonly SignalRecord record = ref signal.Record;
            string target = $"{CommText.Decode(in record.TargetComm)} ({record.TargetPid})";
            string detail = record.Operation == SignalOperation.OomKill ? $"{target} out of memory" : $"{record.Signal} to {target}{Outcome(record.Error)}";
            Write(record.Header, record.Operation == SignalOperation.OomKill ? "oom" : "signal", subject, detail);
        }
    }

    private static string Changes(in CredentialsRecord record)
    {
        var text = new StringBuilder();
        Append(text, "uid", record.OldUid, record.NewUid);
        Append(text, "euid", record.OldEffectiveUid, record.NewEffectiveUid);
        Append(text, "gid", record.OldGid, record.NewGid);
        Append(text, "egid", record.OldEffectiveGid, record.NewEffectiveGid);
        AppendCapabilities(text, "effective", record.OldEffectiveCaps, record.NewEffectiveCaps);
        AppendCapabilities(text, "permitted", record.OldPermittedCaps, record.NewPermittedCaps);
        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, string name, uint before, uint after)
    {
        if (before != after)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} {before}->{after} ");
        }
    }

    private static void AppendCapabilities(StringBuilder text, string name, ulong before, ulong after)
    {
        if (before != after)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} 0x{before:x}->0x{after:x} ");
        }
    }
}
