// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;

namespace NodeAgent.Hosting;

/// <summary>What an operator wants to read first in the log: kernel, privileges, modes; the sensors and ports follow from their own parts.</summary>
internal static class StartReport
{
    public static void Begin(ILogger logger, AgentOptions options)
    {
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        Log.Starting(logger, ProductVersion.Text, kernel, architecture, Environment.ProcessorCount, options.Storage.Kubeconfig.Length > 0 ? "central storage" : "stand-alone");
        Log.Privileges(logger, PrivilegeText.UserId(), PrivilegeText.EffectiveCapabilities());
        string alerts = string.Join(" and ", (string[])[.. options.Alerts.Stdout ? ["standard output"] : Array.Empty<string>(), options.AlertFile, .. options.Alerts.Sinks.Select(sink => sink.Name)]);
        Log.Modes(logger, options.DataDirectory, alerts, SettingValue.Show(options.Profiles.LearningPeriod));
    }
}
