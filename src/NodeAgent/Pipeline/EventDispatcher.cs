// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Enrichment;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Pipeline;

/// <summary>Gives each decoded event its subject and calls the stages in their order. For the event loop's thread.</summary>
/// <remarks>A few fields, copied by value: the decoder is compiled for it and its calls are direct.</remarks>
/// <param name="report">Called for the losses that come through the rings themselves.</param>
internal readonly partial struct EventDispatcher(EnrichmentStage enrichment, IEventConsumer[] stages, Action<LossEvent> report) : IRecordHandler
{
    private readonly EventSubject _subject = new();

    public void OnExec(in ExecEvent exec)
    {
        enrichment.Resolve(exec.Record.Header, _subject);
        enrichment.OnExec(exec, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnExec(exec, _subject);
        }
    }

    public void OnFork(in ForkEvent fork)
    {
        enrichment.Resolve(fork.Record.Header, _subject);
        enrichment.OnFork(fork, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnFork(fork, _subject);
        }
    }

    public void OnExit(in ExitEvent exit)
    {
        enrichment.Resolve(exit.Record.Header, _subject);
        enrichment.OnExit(exit, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnExit(exit, _subject);
        }
    }

    public void OnOpen(in OpenEvent open)
    {
        enrichment.Resolve(open.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnOpen(open, _subject);
        }
    }

    public void OnTcp(in TcpEvent tcp)
    {
        enrichment.Resolve(tcp.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnTcp(tcp, _subject);
        }
    }

    public void OnFlow(in FlowEvent flow)
    {
        enrichment.Resolve(flow.Record.Header, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnFlow(flow, _subject);
        }
    }

    public void OnDns(in DnsEvent dns)
    {
        enrichment.Resolve(dns.Record.Header, _subject);
        enrichment.OnDns(dns, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnDns(dns, _subject);
        }
    }

    public void OnCgroup(in CgroupEvent cgroup)
    {
        enrichment.Resolve(cgroup.Record.Header, _subject);
        enrichment.OnCgroup(cgroup, _subject);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnCgroup(cgroup, _subject);
        }
    }

    public void OnLoss(in LossEvent loss)
    {
        enrichment.OnLoss(loss);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnLoss(loss);
        }
    }

    public void OnTick(ulong bootTimeNs)
    {
        enrichment.OnTick(bootTimeNs);
        foreach (IEventConsumer stage in stages)
        {
            stage.OnTick(bootTimeNs);
        }
    }
}
