// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests;

public sealed partial class EnrichmentServicesTests
{
    [Fact]
    public void AddEnrichment_Built_GivesAStageWhoseCountersAreMeasured()
    {
        using ServiceProvider provider = new ServiceCollection().AddLogging().AddEnrichment().BuildServiceProvider();
        EnrichmentStage stage = provider.GetRequiredService<EnrichmentStage>();
        provider.GetRequiredService<EnrichmentMetrics>();
        stage.Processes.Resolve(Records.Header(EventKind.Open, 1, 77, 5));
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == EnrichmentMetrics.MeterName)
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal((1, 1), (seen["node_agent_processes"], seen["node_agent_process_placeholders_total"]));
        Assert.Equal(22, seen.Count);
        Assert.All(seen.Keys, name => Assert.Matches(MetricName(), name));
    }

    [Fact]
    public void Validate_ValueBelowItsLeast_NamesTheKey()
    {
        AssertNames("enrichment:processes:MaxProcesses", new ProcessTableOptions { MaxProcesses = 0 }.Validate);
        AssertNames("enrichment:processes:ExitGrace", new ProcessTableOptions { ExitGrace = TimeSpan.FromSeconds(-1) }.Validate);
        AssertNames("enrichment:containers:RescanInterval", new ContainerTableOptions { RescanInterval = TimeSpan.Zero }.Validate);
        AssertNames("enrichment:dns:MaxLifetime", new DnsNamesOptions { MaxLifetime = TimeSpan.FromSeconds(1) }.Validate);
    }

    private static void AssertNames(string key, Action validate) =>
        Assert.Contains(key, Assert.Throws<ArgumentException>(validate).Message, StringComparison.Ordinal);

    [GeneratedRegex("^node_agent_[a-z_]+$")]
    private static partial Regex MetricName();
}
