// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Flows;

/// <summary>Gives flows the names of their ends and keeps them in the history. A background task.</summary>
internal sealed class FlowWriter(
    FlowHistoryOptions options,
    ProfileOptions profiles,
    ChannelReader<FlowBatch> batches,
    IPeerLookup? peers,
    INodeLookup? nodes,
    TimeProvider time,
    ILogger logger,
    FlowMetrics metrics)
{
    private const int MaxWaiting = 16 << 10;
    private static readonly TimeSpan ExpireInterval = TimeSpan.FromHours(1);

    private readonly WallClock _clock = new(time);
    private readonly List<FlowNews> _waiting = [];
    private FlowHistory _history = new();
    private FlowHistory _news = new();
    private volatile bool _hasWaiting;

    /// <summary>Whether flows wait for names: then it wants to be woken without any news. Any thread.</summary>
    public bool HasWaiting => _hasWaiting;

    public async Task RunAsync()
    {
        using var log = new FlowHistoryLog(options, time, logger, metrics);
        _history = log.Open();
        long expired = time.GetTimestamp();
        ulong nowNs = 0;
        while (await batches.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batches.TryRead(out FlowBatch? batch))
            {
                nowNs = batch.NowNs;
                _clock.Synchronise(nowNs);
                Settle(nowNs, all: false);
                foreach (FlowNews news in batch.News)
                {
                    Take(news, nowNs);
                }
            }

            _hasWaiting = _waiting.Count > 0;
            Flush(log);
            if (time.GetElapsedTime(expired) >= ExpireInterval)
            {
                expired = time.GetTimestamp();
                Expire(log);
            }
        }

        Settle(nowNs, all: true);
        Flush(log);
    }

    private void Flush(FlowHistoryLog log)
    {
        if (_news.Count > 0)
        {
            log.Write(_history, _news);
            _news = new FlowHistory();
        }
    }

    private void Expire(FlowHistoryLog log)
    {
        if (log.Expire(_history))
        {
            log.WriteWhole(_history);
        }
    }

    private void Take(in FlowNews news, ulong nowNs)
    {
        if (!IsNamed(news) && nowNs < news.FirstNs + ((ulong)options.Patience.Ticks * 100) && _waiting.Count < MaxWaiting)
        {
            _waiting.Add(news);
            return;
        }

        Keep(news);
    }

    private void Settle(ulong nowNs, bool all)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        FlowNews[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (FlowNews news in waiting)
        {
            if (all)
            {
                Keep(news);
            }
            else
            {
                Take(news, nowNs);
            }
        }
    }

    private bool IsNamed(in FlowNews news)
    {
        // Of a container only its id is known: who it is of is being asked.
        if (news.Container.Identity is { Kind: UnitKind.Container, Source: IdentitySource.CgroupPath })
        {
            return false;
        }

        return peers is null || TryFindPods(news, news.LastNs, out _, out _) || !peers.MayBeToldLater(news.Flow.Address, news.LastNs);
    }

    private void Keep(in FlowNews news)
    {
        // The address may have been given to others meanwhile: each gets its part.
        if (news.Count > 1 && PeerOf(news, news.FirstNs, out ushort firstPort) is var first && PeerOf(news, news.LastNs, out _) is var last && first != last)
        {
            Add(news with { Count = 1, LastNs = news.FirstNs }, first, firstPort);
            Keep(news with { Count = news.Count - 1, FirstNs = news.LastNs });
            return;
        }

        FlowPeer peer = PeerOf(news, news.LastNs, out ushort port);
        Add(news, peer, port);
    }

    private void Add(in FlowNews news, in FlowPeer peer, ushort port)
    {
        ProfileIdentity identity = ProfileIdentity.Of(news.Container, profiles);
        KeyValuePair<string, string>[] labels = [.. identity.MatchLabels.OrderBy(label => label.Key, StringComparer.Ordinal)];
        const long NsPerSecond = 1_000_000_000;
        var total = new FlowTotal(
            news.Count, _clock.ToUnixNs(news.FirstNs) / NsPerSecond, _clock.ToUnixNs(news.LastNs) / NsPerSecond, news.Flow.Address, news.Name);
        foreach (FlowHistory history in (ReadOnlySpan<FlowHistory>)[_history, _news])
        {
            FlowWorkload workload = history.Workload(identity.Namespace, identity.WorkloadSlug, labels, news.Container.Identity.HostNetwork);
            history.Add(new FlowId(workload, peer, port, news.Flow.Protocol, news.Flow.Egress), total);
        }
    }

    private FlowPeer PeerOf(in FlowNews news, ulong timeNs, out ushort port)
    {
        if (TryFindPods(news, timeNs, out PeerSelector? pods, out port))
        {
            return FlowPeer.Of(pods!);
        }

        port = news.Flow.Port;
        return FlowPeer.Of(news.Flow.Address, nodes?.Find(news.Flow.Address, timeNs) ?? FlowPeerKind.Address);
    }

    private bool TryFindPods(in FlowNews news, ulong timeNs, out PeerSelector? pods, out ushort port)
    {
        pods = null;
        port = news.Flow.Port;
        if (peers is null || !peers.TryFind(news.Flow.Address, news.Flow.Egress ? port : (ushort)0, news.Flow.Protocol, timeNs, out pods, out ushort target))
        {
            return false;
        }

        // A policy is asked about the port behind a service.
        port = news.Flow.Egress && target != 0 ? target : port;
        return true;
    }
}
