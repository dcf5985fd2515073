// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>An alert without what makes it long, for receivers with a limit. Its id and what it says stay.</summary>
internal static class AlertReduction
{
    private const int MostText = 512;
    private const int MostName = 128;

    /// <summary>An alert without what its process did before; else it is whole.</summary>
    public static RuntimeAlerts WithoutHistory(RuntimeAlerts envelope) =>
        envelope with { Spec = envelope.Spec with { Alerts = [envelope.Spec.Alerts[0] with { RecentEvents = null }] } };

    public static RuntimeAlerts Shorten(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        RuntimeAlert shorter = alert with
        {
            AlertName = Cut(alert.AlertName, MostName),
            Message = Cut(alert.Message),
            PodLabels = null,
            RuleDescription = null,
            RecentEvents = null,
            ContainerName = Cut(alert.ContainerName, MostName),
            Image = Cut(alert.Image, MostName),
            PodName = Cut(alert.PodName, MostName),
            WorkloadName = Cut(alert.WorkloadName, MostName),
            ClusterName = Cut(alert.ClusterName, MostName),
            NodeName = Cut(alert.NodeName, MostName),
            HostName = Cut(alert.HostName, MostName),
            ProfileMetadata = alert.ProfileMetadata is { } profile ? profile with { Name = Cut(profile.Name, MostName) } : null,
            Arguments = Shorten(alert.Arguments),
            RequestNamespace = Cut(alert.RequestNamespace, MostName),
            ObjectName = Cut(alert.ObjectName, MostName),
            Object = null,
            UserInfo = alert.UserInfo is { } user ? new AlertUserInfo(Cut(user.Name, MostName), Cut(user.Uid, MostName), null) : null,
            Identifiers = alert.Identifiers is { } known ? Shorten(known) : null,
        };
        return envelope with { Spec = envelope.Spec with { Alerts = [shorter], ProcessTree = null } };
    }

    private static AlertArguments Shorten(AlertArguments arguments) => arguments with
    {
        Message = Cut(arguments.Message),
        Args = null,
        Flags = null,
        Addresses = null,
        Path = Cut(arguments.Path),
        Exec = Cut(arguments.Exec),
        Domain = Cut(arguments.Domain, MostName),
        CgroupPath = Cut(arguments.CgroupPath, MostName),
    };

    private static AlertIdentifiers Shorten(AlertIdentifiers identifiers) => identifiers with
    {
        Process = identifiers.Process is { } process ? new AlertProcessIdentifier(Cut(process.Name, MostName), Cut(process.CommandLine)) : null,
        File = identifiers.File is { } file ? new AlertFileIdentifier(Cut(file.Name, MostName), Cut(file.Directory, MostName)) : null,
        Dns = null,
    };

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private static string? Cut(string? text, int most = MostText)
    {
        if (text is null || text.Length <= most)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
