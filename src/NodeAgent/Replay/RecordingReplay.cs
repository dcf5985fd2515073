// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Hosting;
using NodeAgent.Operations;
using NodeAgent.Pipeline;
using NodeAgent.Recording.Format;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Library;

namespace NodeAgent.Replay;

/// <summary>Sends a recording through the event loop, the enrichment and the rules of the agent.</summary>
internal static class RecordingReplay
{
    // More than cooldowns can tell at once, and alerts are taken after each step: none is dropped.
    private const int QueueCapacity = 1_000_000;

    /// <param name="file">A recording.</param>
    /// <param name="options">By what is judged; the settings' capacity of the queue is raised.</param>
    /// <param name="onAlert">Called for each alert, in order.</param>
    /// <exception cref="FormatException">It is no recording, or one of another version.</exception>
    public static async Task<ReplayResult> RunAsync(Stream file, ReplayOptions options, Action<RuntimeAlerts> onAlert)
    {
        using var reader = new RecordingReader(file);
        RecordingHeader header = reader.Header;
        var facts = new RecordedFacts();
        var time = new ReplayTime();
        options.Settings.AlertQueueCapacity = QueueCapacity;
        RuleEngine? engine = null;
        var source = new RecordedSource(reader, facts, time, () => Take(engine!, onAlert));
        EnrichmentStage tables = Tables(header, facts);
        facts.Containers = tables.Containers;
        using (engine = new RuleEngine(
            options.Settings, Origin(header), options.Profiles ?? NoProfiles.Instance, time, NullLogger<RuleEngine>.Instance, options.Rules))
        {
            engine.MeasuresTime = options.Measure;
            if (options.Exceptions.Count > 0)
            {
                engine.Use(engine.Compile([.. options.Rules ?? RuleLibrary.Rules], BindingSet.Everywhere, options.Exceptions));
            }

            var health = new AgentHealth(TimeProvider.System, TimeSpan.MaxValue);
            using var loop = new EventLoop(source, tables, [engine], health, NullLogger<EventLoop>.Instance);
            loop.Start();
            await loop.Completion.ConfigureAwait(false);
            engine.Stop();
            Take(engine, onAlert);
            string[] refused = [.. engine.Current.Issues.Concat(engine.Current.ExceptionIssues).Where(issue => issue.IsError).Select(issue => issue.ToString())];
            return new ReplayResult(source.Records, source.MalformedCount, reader.End, reader.Damage, engine.Counts, refused);
        }
    }

    private static void Take(RuleEngine engine, Action<RuntimeAlerts> onAlert)
    {
        while (engine.Alerts.TryRead(out RuntimeAlerts? alert))
        {
            onAlert(alert);
        }
    }

    private static EnrichmentStage Tables(RecordingHeader header, RecordedFacts facts) => new(
        new ProcessTable(new ProcessTableOptions(), facts),
        new ContainerTable(new ContainerTableOptions(), facts, facts, header.Host, facts),
        new DnsNames(new DnsNamesOptions()));

    private static AlertOrigin Origin(RecordingHeader header) => new()
    {
        NodeName = header.Node,
        HostName = header.Host,
        ClusterName = header.Cluster,
        AgentVersion = ProductVersion.Text,
    };
}
