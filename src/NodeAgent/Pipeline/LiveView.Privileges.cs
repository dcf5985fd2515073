// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Pipeline;

internal sealed partial class LiveView
{
    public void OnFileChange(in FileChangeEvent change, EventSubject subject)
    {
        if (!filter.Accepts(TraceKind.File, subject.Container))
        {
            return;
        }

        ref readonly FileChangeRecord record = ref change.Record;
        string path = ByteText.Decode(change.Path);
        string other = ByteText.Decode(change.OtherPath);
        string detail = record.Operation switch
        {
            FileOperation.Rename => $"{other} -> {path}",
            FileOperation.Link or FileOperation.Symlink => $"{path} -> {other}",
            FileOperation.Mount => $"{other} on {path} type {ByteText.Decode(change.Name)}",
            FileOperation.Chmod => $"{path} {Convert.ToString(record.Mode & 0xfff, 8).PadLeft(4, '0')}",
            FileOperation.Chown => string.Create(CultureInfo.InvariantCulture, $"{path} {(int)record.Uid}:{(int)record.Gid}"),
            FileOperation.Truncate => string.Create(CultureInfo.InvariantCulture, $"{path} to {record.Size} bytes"),
            FileOperation.SetXattr or FileOperation.RemoveXattr => $"{path} {ByteText.Decode(change.Name)}",
            _ => path,
        };
        Write(record.Header, Lower(record.Operation), subject, detail + Outcome(record.Error));
    }

    public void OnCapability(in CapabilityEvent capability, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Privilege, subject.Container))
        {
            ref readonly CapabilityRecord record = ref capability.Record;
            Write(record.Header, "cap", subject, $"{record.Capability} {(record.Granted != 0 ? "granted" : "refused")}, system call {(int)record.Syscall}");
        }
    }

    public void OnPrivilege(in PrivilegeEvent privilege, EventSubject subject)
    {
        if (!filter.Accepts(TraceKind.Privilege, subject.Container))
        {
            return;
        }

        ref readonly PrivilegeRecord record = ref privilege.Record;
        ReadOnlySpan<ulong> arguments = record.Arguments;
        string detail = string.Create(
            CultureInfo.InvariantCulture, $"0x{arguments[0]:x} 0x{arguments[1]:x} 0x{arguments[2]:x} 0x{arguments[3]:x}");
        string target = record.TargetPid == 0 ? string.Empty : $" pid {record.TargetPid}";
        string name = privilege.Detail.IsEmpty ? string.Empty : $" {ByteText.Decode(privilege.Detail)}";
        Write(record.Header, Lower(record.Operation), subject, $"{detail}{target}{name}{Outcome(record.Error)}");
    }

    public void OnSyscall(in SyscallEvent syscall, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Syscall, subject.Container))
        {
            Write(syscall.Record.Header, "syscall", subject, syscall.Record.Number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string Outcome(uint error) => error == 0 ? string.Empty : $" = {Errno.Name((int)error)}";

    private static string Lower<T>(T operation)
        where T : struct, Enum => operation.ToString().ToLowerInvariant();
}
