// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events;
using NodeAgent.Events.Wire;
using NodeAgent.Pipeline;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

/// <summary>Decoder, dispatcher, enrichment and stages as the event loop has them, fed with records made by hand.</summary>
internal sealed class PipelineRig : IDisposable
{
    /// <summary>The cgroup of the records of <see cref="RecordBuilder"/>.</summary>
    public const ulong CgroupId = 7;

    private readonly ServiceProvider _services;
    private readonly EventDecoder _decoder = new();
    private EventDispatcher _dispatcher;

    public PipelineRig(params IEventConsumer[] stages)
        : this(null, stages)
    {
    }

    public PipelineRig(IPodLookup? pods, params IEventConsumer[] stages)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ICgroupTree>(new OneCgroupTree());
        if (pods is not null)
        {
            services.AddSingleton(pods);
        }

        services.AddEnrichment();
        _services = services.BuildServiceProvider();
        Enrichment = _services.GetRequiredService<EnrichmentStage>();
        _dispatcher = new EventDispatcher(Enrichment, stages, loss => Lose(loss));
        Tick(1);
        Enrichment.LoadCgroups(1);
    }

    public EnrichmentStage Enrichment { get; }

    /// <summary>Makes the cgroup, so that events in it are of the unit of that name.</summary>
    public PipelineRig WithUnit(string name, ulong timeNs = 1)
    {
        Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, "/" + name, CgroupId, timeNs: timeNs));
        return this;
    }

    public void Feed(byte[] record) => Assert.Equal(DecodeResult.Ok, _decoder.Decode(record, ref _dispatcher));

    public void Tick(ulong timeNs) => _dispatcher.OnTick(timeNs);

    public void Lose(in LossEvent loss) => _dispatcher.OnLoss(loss);

    public void Dispose() => _services.Dispose();
}
