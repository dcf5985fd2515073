// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Pipeline;

// The kinds that come rarely.
internal readonly partial struct EventDispatcher
{
    public void OnExecFailed(in ExecFailedEvent failed)
    {
        enrichment.Resolve(failed.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnExecFailed(failed, _subject);
        }
    }

    public void OnCredentials(in CredentialsEvent credentials)
    {
        enrichment.Resolve(credentials.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnCredentials(credentials, _subject);
        }
    }

    public void OnNamespace(in NamespaceEvent change)
    {
        enrichment.Resolve(change.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnNamespace(change, _subject);
        }
    }

    public void OnSignal(in SignalEvent signal)
    {
        enrichment.Resolve(signal.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnSignal(signal, _subject);
        }
    }

    public void OnFileChange(in FileChangeEvent change)
    {
        enrichment.Resolve(change.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnFileChange(change, _subject);
        }
    }

    public void OnSocket(in SocketEvent socket)
    {
        enrichment.Resolve(socket.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnSocket(socket, _subject);
        }
    }

    public void OnUnixConnect(in UnixConnectEvent connect)
    {
        enrichment.Resolve(connect.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnUnixConnect(connect, _subject);
        }
    }

    public void OnPayload(in PayloadEvent payload)
    {
        enrichment.Resolve(payload.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnPayload(payload, _subject);
        }
    }

    public void OnCapability(in CapabilityEvent capability)
    {
        enrichment.Resolve(capability.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnCapability(capability, _subject);
        }
    }

    public void OnPrivilege(in PrivilegeEvent privilege)
    {
        enrichment.Resolve(privilege.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnPrivilege(privilege, _subject);
        }
    }

    public void OnSyscall(in SyscallEvent syscall)
    {
        enrichment.Resolve(syscall.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnSyscall(syscall, _subject);
        }
    }

    public void OnSuppressed(in SuppressedEvent suppressed)
    {
        ref readonly SuppressedRecord record = ref suppressed.Record;
        report(new LossEvent(
            LossCause.Budget, EventKind.None, record.Header.CgroupId, enrichment.Containers.Find(record.Header.CgroupId), record.Count, record.FromNs, record.Header.TimeNs, record.Class));
    }
}
