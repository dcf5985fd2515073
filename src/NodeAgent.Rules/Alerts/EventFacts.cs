// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Files;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Alerts;

/// <summary>The arguments and identifiers of an alert, by the type of its event. Source: Kubescape's alerts.</summary>
internal static class EventFacts
{
    private static readonly string[] IoUringOperations =
    [
        "NOP", "READV", "WRITEV", "FSYNC", "READ_FIXED", "WRITE_FIXED", "POLL_ADD", "POLL_REMOVE", "SYNC_FILE_RANGE", "SENDMSG", "RECVMSG", "TIMEOUT",
        "TIMEOUT_REMOVE", "ACCEPT", "ASYNC_CANCEL", "LINK_TIMEOUT", "CONNECT", "FALLOCATE", "OPENAT", "CLOSE", "FILES_UPDATE", "STATX", "READ", "WRITE",
        "FADVISE", "MADVISE", "SEND", "RECV", "OPENAT2", "EPOLL_CTL", "SPLICE", "PROVIDE_BUFFERS", "REMOVE_BUFFERS", "TEE", "SHUTDOWN", "RENAMEAT",
        "UNLINKAT", "MKDIRAT", "SYMLINKAT", "LINKAT", "MSG_RING", "FSETXATTR", "SETXATTR", "FGETXATTR", "GETXATTR", "SOCKET", "URING_CMD", "SEND_ZC", "SENDMSG_ZC",
    ];

    public static AlertFacts Of(EventObject @event, EventScope scope, string message) => @event.EventType switch
    {
        RuleEventType.Exec => Exec(@event, message),
        RuleEventType.Open => Open(@event, message),
        RuleEventType.Network => Network(@event, message),
        RuleEventType.Dns => Dns(@event, message),
        RuleEventType.Admission => AdmissionFacts.Of(@event.Admission!, message),
        _ => Rest(@event, scope, message),
    };

    private static AlertFacts Exec(EventObject @event, string message)
    {
        string path = Text(@event.ExePath);
        return new AlertFacts(
            message, new AlertArguments { Exec = path, Args = BoundedText.Arguments(@event.Argv.Span) }, new AlertIdentifiers { File = AlertFileIdentifier.Of(path, withoutFolder: null) })
        {
            File = Known(@event.Script) is ['/', ..] script ? script : path,
        };
    }

    private static AlertFacts Open(EventObject @event, string message)
    {
        string path = Text(@event.Path);
        return new AlertFacts(
            message,
            new AlertArguments { Path = path, Flags = OpenFlagNames.Of(@event.Flags), Errno = ErrnoOf(@event) },
            new AlertIdentifiers { File = AlertFileIdentifier.Of(path) })
        {
            File = path,
        };
    }

    private static AlertFacts Network(EventObject @event, string message)
    {
        string address = @event.RemoteAddress.ToString();
        string protocol = Text(@event.Protocol);
        return new AlertFacts(
            message,
            new AlertArguments { Ip = address, Port = @event.RemotePort, Proto = protocol, Errno = ErrnoOf(@event) },
            new AlertIdentifiers { Network = new AlertNetworkIdentifier(address, @event.RemotePort, protocol) });
    }

    private static AlertFacts Dns(EventObject @event, string message)
    {
        string name = Text(@event.Name);
        return new AlertFacts(
            message, new AlertArguments { Domain = name, Protocol = Text(@event.Protocol), Port = @event.RemotePort }, new AlertIdentifiers { Dns = new AlertDnsIdentifier(name) });
    }

    private static AlertFacts Rest(EventObject @event, EventScope scope, string message)
    {
        AlertArguments arguments = @event.EventType switch
        {
            RuleEventType.Ssh => new()
            {
                SourceIp = @event.LocalAddress.ToString(),
                SourcePort = @event.LocalPort,
                DestinationIp = @event.RemoteAddress.ToString(),
                DestinationPort = @event.RemotePort,
            },
            RuleEventType.Http => new()
            {
                Internal = @event.RemoteAddress.IsPrivate,
                Direction = Text(@event.Direction),
                Method = Text(scope.Http.Request.Method),
                Path = Text(@event.Path),
            },
            RuleEventType.Kmod => new() { Module = Text(@event.Detail), Syscall = Text(@event.Syscall), ExePath = Text(@event.ExePath) },
            RuleEventType.Bpf => new() { Cmd = @event.Number, ExePath = Text(@event.ExePath) },
            RuleEventType.Capabilities => new() { Capability = Text(@event.Name), Syscall = Known(@event.Syscall) },
            RuleEventType.Syscall => new() { Syscall = Text(@event.Syscall) },
            RuleEventType.Symlink or RuleEventType.Hardlink => new() { OldPath = Text(@event.OldPath), NewPath = Text(@event.NewPath) },
            RuleEventType.Rename => new() { OldPath = Text(@event.OldPath), NewPath = Text(@event.NewPath), ExePath = Known(@event.ExePath) },
            RuleEventType.Close => new() { Ip = @event.RemoteAddress.ToString(), Port = @event.RemotePort, Proto = Text(@event.Protocol), ExePath = Known(@event.ExePath) },
            RuleEventType.Credentials or RuleEventType.Namespace => new() { Syscall = Known(@event.Syscall), Path = Known(@event.Path), ExePath = Known(@event.ExePath) },
            RuleEventType.IoUring => new() { Opcode = @event.Number, Operation = OperationOf(@event.Number) },
            RuleEventType.Randomx => new() { ExePath = Text(@event.ExePath), Ppid = scope.Context.Process.Parent?.Pid ?? scope.Context.Process.ParentPid },
            _ => new() { Path = Known(@event.Path), ExePath = Known(@event.ExePath) },
        };
        return new AlertFacts(message, arguments with { Errno = ErrnoOf(@event) }, null)
        {
            File = @event.EventType switch
            {
                RuleEventType.Rename => Known(@event.NewPath),
                RuleEventType.Chmod or RuleEventType.Chown or RuleEventType.Truncate or RuleEventType.Xattr => Known(@event.Path),
                _ => null,
            },
        };
    }

    private static int? ErrnoOf(EventObject @event) => @event.Error == 0 ? null : (int)@event.Error;

    private static string OperationOf(long opcode) =>
        opcode >= 0 && opcode < IoUringOperations.Length ? "IORING_OP_" + IoUringOperations[opcode] : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"IORING_OP_{opcode}");

    private static string Text(Cel.Values.CelText text) => ByteText.Decode(text.Span);

    private static string? Known(Cel.Values.CelText text) => text.Length == 0 ? null : Text(text);
}
