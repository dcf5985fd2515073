// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Engine;

// What changes files, processes and connections.
public sealed partial class RuleEngine
{
    public void OnNamespace(in NamespaceEvent change, EventSubject subject)
    {
        RuleEventType type = change.Record.Operation == NamespaceOperation.Unshare ? RuleEventType.Unshare : RuleEventType.Namespace;
        if (IsWanted(type) && !IsEntrant(in change.Record.Header))
        {
            _scope.Begin(subject).Begin(in change, type);
            Judge(type);
        }
    }

    public void OnFileChange(in FileChangeEvent change, EventSubject subject)
    {
        // What is refused changed nothing; but who tries to mount has an aim.
        if (RuleEventTypes.Of(change.Record.Operation) is { } type
            && (!change.Failed || type is RuleEventType.Mount or RuleEventType.Umount)
            && IsWanted(type) && !IsEntrant(in change.Record.Header))
        {
            _scope.Begin(subject).Begin(in change, type);
            Judge(type);
        }
    }

    public void OnCredentials(in CredentialsEvent credentials, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Credentials) && !IsEntrant(in credentials.Record.Header))
        {
            _scope.Begin(subject).Begin(in credentials);
            Judge(RuleEventType.Credentials);
        }
    }

    public void OnSignal(in SignalEvent signal, EventSubject subject)
    {
        // Of an OOM kill the header is the victim's.
        if (signal.Record.Operation == SignalOperation.Sent && IsWanted(RuleEventType.Signal) && !IsEntrant(in signal.Record.Header))
        {
            _scope.Begin(subject).Begin(in signal);
            Judge(RuleEventType.Signal);
        }
    }

    public void OnSocket(in SocketEvent socket, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Socket) && !IsEntrant(in socket.Record.Header))
        {
            _scope.Begin(subject).Begin(in socket);
            Judge(RuleEventType.Socket);
        }
    }

    public void OnUnixConnect(in UnixConnectEvent connect, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Unix) && !IsEntrant(in connect.Record.Header))
        {
            _scope.Begin(subject).Begin(in connect);
            Judge(RuleEventType.Unix);
        }
    }

    private void JudgeClose(in TcpEvent tcp, EventSubject subject)
    {
        if (IsWanted(RuleEventType.Close) && !IsEntrant(in tcp.Record.Header))
        {
            _scope.Begin(subject).Begin(in tcp, RuleEventType.Close);
            Judge(RuleEventType.Close);
        }
    }
}
