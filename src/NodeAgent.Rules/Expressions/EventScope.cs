// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Counting;

namespace NodeAgent.Rules.Expressions;

/// <summary>What expressions look at: the event at hand, whose it is, and who may be asked. One for each engine; for the loop's thread.</summary>
internal sealed class EventScope
{
    // Identities are replaced, never changed.
    private readonly ConditionalWeakTable<ContainerIdentity, IdentityTexts> _known = [];
    private ContainerIdentity? _identity;
    private IdentityTexts _texts = new(ContainerIdentity.Unknown);

    public EventScope(RulesOptions options, RuleContext context, IPeerNames? peers, Func<ulong, long>? unixNanoseconds = null)
    {
        Context = context;
        Peers = peers;
        Settings = new RuleSettings(options);
        SensitiveHostPaths = new HostPaths([.. options.SensitivePathPrefixes]);
        UnixNanosecondsOf = unixNanoseconds ?? (static bootNs => (long)bootNs);
        Event = new EventObject(this);
        Http = new HttpObject(this);
        Process = new ProcessObject(this);
        Container = new ContainerObject(this);
        Pod = new PodObject(this);
        Workload = new WorkloadObject(this);
        Image = new ImageObject(this);
        File = new FileObject(this);
    }

    public RuleContext Context { get; }

    public RuleSettings Settings { get; }

    public TextArena Arena { get; } = new();

    public HostMounts HostMounts { get; } = new();

    public HostPaths SensitiveHostPaths { get; }

    /// <summary>Null = nobody knows them.</summary>
    public IPeerNames? Peers { get; }

    /// <summary>From boot ns to ns since 1970.</summary>
    public Func<ulong, long> UnixNanosecondsOf { get; }

    public EventObject Event { get; }

    public HttpObject Http { get; }

    public ProcessObject Process { get; }

    public ContainerObject Container { get; }

    public PodObject Pod { get; }

    public WorkloadObject Workload { get; }

    public ImageObject Image { get; }

    public FileObject File { get; }

    /// <summary>What the rule that is being judged has counted; null while none is.</summary>
    public RuleMemory? Memory { get; set; }

    public IdentityTexts Identity
    {
        get
        {
            ContainerIdentity now = Context.Container.Identity;
            return ReferenceEquals(now, _identity) ? _texts : Find(now);
        }
    }

    /// <summary>Turns to the next event.</summary>
    public EventObject Begin(EventSubject subject)
    {
        Context.Begin(subject);
        Process.Process = subject.Process;
        return Event;
    }

    /// <summary>Whether the address is one of the API server's.</summary>
    public bool IsApiServer(NetAddress address) =>
        Settings.ApiServers.AsSpan().Contains(address) || (Peers?.IsApiServer(address, Event.Header.TimeNs) ?? false);

    private IdentityTexts Find(ContainerIdentity now)
    {
        _texts = _known.GetValue(now, static identity => new IdentityTexts(identity));
        _identity = now;
        return _texts;
    }
}
