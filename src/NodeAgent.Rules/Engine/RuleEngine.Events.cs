// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Dns;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Engine;

// Which records are events of which type. What a runtime does on its way into a container is not the container's: profiles leave it out, and so do
// rules, but for files, names and connections, which a container's own processes could not be told from otherwise.
public sealed partial class RuleEngine
{
    private const ulong PokeText = 4, PokeData = 5, PokeUser = 6, SetRegisters = 13, SetFloatRegisters = 15, SetExtendedRegisters = 18, SetRegisterSet = 0x4205;
    private const ushort SshPort = 22, OtherSshPort = 2022;

    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
        // A runtime on its way into a container executes a copy of itself from memory: it is neither fileless nor the container's.
        if (IsWanted(RuleEventType.Exec) && !IsEntrant(in exec.Record.Header))
        {
            _scope.Begin(subject).Begin(in exec);
            Judge(RuleEventType.Exec);
        }
    }

    public void OnOpen(in OpenEvent open, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Open))
        {
            _scope.Begin(subject).Begin(in open);
            Judge(RuleEventType.Open, open.Repeats);
        }
    }

    public void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
        if (tcp.Record.Header.Kind == EventKind.TcpClose)
        {
            JudgeClose(in tcp, subject);
            return;
        }

        if (tcp.Record.Header.Kind is not (EventKind.TcpConnect or EventKind.TcpAccept))
        {
            return;
        }

        if (IsWanted(RuleEventType.Network))
        {
            _scope.Begin(subject).Begin(in tcp, RuleEventType.Network);
            Judge(RuleEventType.Network, tcp.Repeats);
        }

        if (IsWanted(RuleEventType.Ssh) && IsSsh(in tcp, subject))
        {
            _scope.Begin(subject).Begin(in tcp, RuleEventType.Ssh);
            Judge(RuleEventType.Ssh, tcp.Repeats);
        }
    }

    public void OnFlow(in FlowEvent flow, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Network))
        {
            _scope.Begin(subject).Begin(in flow);
            Judge(RuleEventType.Network, flow.Repeats);
        }
    }

    public void OnDns(in DnsEvent dns, EventSubject subject)
    {
        // A query that comes in is somebody else's: this unit is then the resolver.
        if (!IsWanted(RuleEventType.Dns) || dns.Record.Direction != FlowDirection.Outbound)
        {
            return;
        }

        Span<byte> name = stackalloc byte[DnsName.MaxTextLength];
        if (DnsQuestionName.TryRead(dns.Message, name, out int length) && length > 1)
        {
            _scope.Begin(subject).Begin(in dns, name[..length]);
            Judge(RuleEventType.Dns);
        }
    }

    public void OnPayload(in PayloadEvent payload, EventSubject subject)
    {
        if (payload.Record.Protocol == PayloadProtocol.HttpRequest && IsWanted(RuleEventType.Http) && !IsEntrant(in payload.Record.Header))
        {
            if (_scope.Begin(subject).Begin(in payload))
            {
                Judge(RuleEventType.Http);
            }
        }
    }

    public void OnSyscall(in SyscallEvent syscall, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Syscall) && !IsEntrant(in syscall.Record.Header))
        {
            _scope.Begin(subject).Begin(in syscall);
            Judge(RuleEventType.Syscall);
        }
    }

    public void OnCapability(in CapabilityEvent capability, EventSubject subject)
    {
        // A refused one was not used; the kernel itself asks whether a process might.
        if (capability.Record.Granted != 0 && IsWanted(RuleEventType.Capabilities) && !IsEntrant(in capability.Record.Header))
        {
            _scope.Begin(subject).Begin(in capability);
            Judge(RuleEventType.Capabilities);
        }
    }

    public void OnPrivilege(in PrivilegeEvent privilege, EventSubject subject)
    {
        if (TypeOf(in privilege) is { } type && IsWanted(type) && !IsEntrant(in privilege.Record.Header))
        {
            _scope.Begin(subject).Begin(in privilege, type);
            Judge(type);
        }
    }

    public void OnFork(in ForkEvent fork, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Fork) && !IsEntrant(in fork.Record.Header))
        {
            _scope.Begin(subject).Begin(in fork);
            Judge(RuleEventType.Fork);
        }
    }

    public void OnExit(in ExitEvent exit, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Exit) && !IsEntrant(in exit.Record.Header))
        {
            _scope.Begin(subject).Begin(in exit);
            Judge(RuleEventType.Exit);
        }
    }

    /// <summary>A request to the API server, from whoever receives those. The loop's thread.</summary>
    /// <param name="subject">The pod that it is about, as far as it is known.</param>
    public void OnAdmission(AdmissionEvent admission, EventSubject subject)
    {
        ArgumentNullException.ThrowIfNull(admission);
        if (IsWanted(RuleEventType.Admission))
        {
            _scope.Begin(subject).Begin(admission);
            Judge(RuleEventType.Admission);
        }
    }

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
        if (cgroup.Record.Header.Kind == EventKind.CgroupRmdir && cgroup.Record.Header.CgroupId == subject.Container.CgroupId)
        {
            _gate.End(subject.Container.CgroupId);
        }
    }

    public void OnLoss(in LossEvent loss)
    {
    }

    private static bool IsEntrant(ref readonly HeaderRecord header) => (header.Flags & HeaderFlags.Entrant) != 0;

    private static RuleEventType? TypeOf(in PrivilegeEvent privilege)
    {
        ReadOnlySpan<ulong> arguments = privilege.Record.Arguments;
        return privilege.Record.Operation switch
        {
            PrivilegeOperation.ModuleLoad or PrivilegeOperation.ModuleUnload => RuleEventType.Kmod,
            PrivilegeOperation.Bpf => RuleEventType.Bpf,
            PrivilegeOperation.Randomx => RuleEventType.Randomx,
            PrivilegeOperation.IoUringSubmit when !privilege.Failed => RuleEventType.IoUring,

            PrivilegeOperation.MmapExec or PrivilegeOperation.MprotectExec => RuleEventType.Memory,
            PrivilegeOperation.ProcessVmRead or PrivilegeOperation.ProcessVmWrite => RuleEventType.ProcessVm,
            PrivilegeOperation.MemfdCreate => RuleEventType.Memfd,
            PrivilegeOperation.Userfaultfd => RuleEventType.Userfaultfd,
            PrivilegeOperation.PerfEventOpen => RuleEventType.Perf,
            PrivilegeOperation.Keyctl => RuleEventType.Keyctl,
            PrivilegeOperation.Prctl => RuleEventType.Prctl,
            PrivilegeOperation.Seccomp => RuleEventType.Seccomp,
            PrivilegeOperation.Kexec => RuleEventType.Kexec,
            PrivilegeOperation.Reboot => RuleEventType.Reboot,

            // Those that change another process.
            PrivilegeOperation.Ptrace when arguments[0] is PokeText or PokeData or PokeUser or SetRegisters or SetFloatRegisters or SetExtendedRegisters or SetRegisterSet
                => RuleEventType.Ptrace,
            _ => null,
        };
    }

    // What is said on a connection is not looked at: by its port, or by who opens it.
    private static bool IsSsh(in TcpEvent tcp, EventSubject subject)
    {
        ref readonly TcpRecord record = ref tcp.Record;
        ushort called = record.Direction == FlowDirection.Inbound ? record.LocalPort : record.RemotePort;
        ReadOnlySpan<byte> comm = CommText.Bytes(in record.Header.Comm);
        return called is SshPort or OtherSshPort
            || comm.SequenceEqual("ssh"u8) || comm.SequenceEqual("sshd"u8) || comm.SequenceEqual("scp"u8) || comm.SequenceEqual("sftp"u8)
            || comm.SequenceEqual("dbclient"u8) || comm.SequenceEqual("dropbear"u8)
            || subject.Process.ExePath.EndsWith("/ssh", StringComparison.Ordinal);
    }
}
