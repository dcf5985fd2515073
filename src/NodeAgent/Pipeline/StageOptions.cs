// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Handover;
using NodeAgent.Configuration;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Hosting;
using NodeAgent.Integrity;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.Pipeline;

/// <summary>The agent's settings as the options of the stages.</summary>
internal static class StageOptions
{
    /// <param name="handover">What was taken over, and the mark for the next agent; null without pins.</param>
    public static ProfileOptions Profiles(AgentOptions options, HandoverReport? handover = null, SavedMark? saved = null)
    {
        TimeSpan period = options.Profiles.LearningPeriod;
        return new ProfileOptions
        {
            LearningPeriod = period,
            Saturation = options.Profiles.Saturation,

            // A short learning period, as for trying things out, is not spent waiting for the first write.
            InitialDelay = Least(options.Profiles.InitialDelay, period / 4),
            UpdateInterval = Least(options.Profiles.UpdateInterval, Most(period / 4, TimeSpan.FromSeconds(1))),
            FollowDrift = options.Profiles.Drift,
            CheckpointInterval = options.Profiles.CheckpointInterval,
            CheckpointDirectory = options.InDataDirectory("profiles"),
            ClusterName = options.ClusterName,
            HostName = options.NodeName,
            ContinuesWithoutGap = handover is { IsWithoutGap: true },
            UnsavedChanged = saved is null ? null : saved.SetUnsaved,
        };
    }

    /// <param name="cgroupRoot">Where the cgroup2 tree is mounted.</param>
    public static IntegrityOptions Integrity(AgentOptions options, string cgroupRoot) => new()
    {
        Watched = options.Integrity.Watched,
        HostRoot = options.HostRoot,
        CgroupRoot = cgroupRoot,
        BaselineFile = options.InDataDirectory("integrity-baseline"),
        NodeName = options.NodeName,
        MaxFileBytes = options.Integrity.MaxFileBytes,
        MaxFiles = options.Integrity.MaxFiles,
        RepeatAfter = options.Integrity.RepeatAfter,
    };

    public static FlowHistoryOptions Flows(AgentOptions options) => new()
    {
        File = options.InDataDirectory(FlowHistoryOptions.FileName),
        MaxBytes = options.Flows.MaxBytes,
        MaxAge = options.Flows.MaxAge,
        Interval = options.Flows.Interval,
    };

    public static RulesOptions Rules(AgentOptions options) => new()
    {
        Cooldown = options.Rules.Cooldown,
        CpuBudget = options.Rules.CpuBudgetPercent / 100.0,
        IncludePrivateAddresses = options.Rules.PrivateAddresses,
        BaselineRulesOnHost = options.Rules.Host,
        EnabledRules = [.. options.Rules.Enabled],
        DisabledRules = [.. options.Rules.Disabled],
        ApiServerAddresses = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host ? [host] : [],
        AgentVersion = PublishedRules.AgentVersion,
    };

    public static AlertOrigin Origin(AgentOptions options) => new()
    {
        NodeName = options.NodeName,
        HostName = Environment.MachineName,
        ClusterName = options.ClusterName,
        AgentVersion = ProductVersion.Text,
    };

    /// <summary>Those with a spool come first: what stands on standard output or in the file is in the spools already.</summary>
    public static IEnumerable<AlertLane> Sinks(AgentOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        List<SinkOptions> sinks = [.. options.Alerts.Sinks];
        if (options.Alerts.Stdout)
        {
            sinks.Add(new SinkOptions { Name = "stdout", Type = SinkType.Stdout });
        }

        sinks.Add(new SinkOptions
        {
            Name = "file",
            Type = SinkType.File,
            File = new FileSinkOptions(options.AlertFile, options.Alerts.FileMaxBytes, options.Alerts.FileMaxCount + 1),
        });
        WarnOfLeftovers(options, sinks, loggers.CreateLogger("NodeAgent"));
        return sinks.OrderBy(sink => sink.Type is SinkType.Stdout or SinkType.File).Select(sink => SinkFactory.Create(sink, options.SpoolDirectory, loggers, time));
    }

    // A sink that was renamed or taken out leaves alerts behind that nobody would hear of.
    private static void WarnOfLeftovers(AgentOptions options, List<SinkOptions> sinks, ILogger logger)
    {
        try
        {
            foreach (string directory in Directory.Exists(options.SpoolDirectory) ? Directory.GetDirectories(options.SpoolDirectory) : [])
            {
                if (!sinks.Exists(sink => sink.Name == Path.GetFileName(directory)))
                {
                    Log.SpoolWithoutSink(logger, directory);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.DataDirectoryReadOnly(logger, options.SpoolDirectory, e.Message);
        }
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Most(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
