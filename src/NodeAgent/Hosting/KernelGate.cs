// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Layout;
using NodeAgent.Bpf.Loading;
using NodeAgent.Cli;
using NodeAgent.Configuration;

namespace NodeAgent.Hosting;

/// <summary>Opens the kernel side, or says in one line why it cannot be.</summary>
internal static class KernelGate
{
    /// <param name="used">Sensors whose events somebody takes; empty = all. What the settings name goes before it.</param>
    /// <remarks>Errors: <see cref="CommandException"/> for what this machine lacks, <see cref="ConfigurationException"/> for options.</remarks>
    public static KernelEventSource Open(ProbeSettings settings, IReadOnlyList<string> used, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger("NodeAgent");
        foreach (RequirementProblem problem in KernelRequirements.Check())
        {
            if (problem.IsFatal)
            {
                throw new CommandException(problem.Message);
            }

            Log.Requirement(logger, problem.Message);
        }

        IReadOnlyList<string> differences = WireLayout.Verify();
        if (differences.Count > 0)
        {
            throw new CommandException($"the probes and this program disagree on the wire format (a broken build): {differences[0]}");
        }

        BpfOptions options = ToOptions(settings, used);
        if (options.Validate() is [var fault, ..])
        {
            throw new ConfigurationException(fault);
        }

        try
        {
            return KernelEventSource.Start(options, loggers);
        }
        catch (PinException e)
        {
            throw new ConfigurationException($"setting 'bpf.pinPath': {e.Message}");
        }
    }

    private static BpfOptions ToOptions(ProbeSettings settings, IReadOnlyList<string> used)
    {
        var options = new BpfOptions
        {
            ProcessRingBytes = settings.ProcessRingBytes,
            ShardRingBytes = settings.ShardRingBytes,
            ShardCount = settings.Shards,
            PinPath = settings.PinPath,
            ProgramStatistics = settings.ProgramStats,
            EnvironmentNames = settings.EnvironmentNames,
            Filter = settings.Filter,
            Sensors = settings.Sensors is [] ? used : settings.Sensors is [ProbeSettings.AllSensors] ? [] : settings.Sensors,
        };
        foreach (string sensor in settings.DisabledSensors)
        {
            options.DisabledSensors.Add(sensor);
        }

        foreach ((string sensor, string variant) in settings.SensorVariants)
        {
            options.Variants.Add(sensor, variant);
        }

        return options;
    }
}
