// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Names;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Resources.Columns;

/// <summary>What <c>kubectl get</c> shows of each kind; all of it stands in the metadata, so a table reads no spec.</summary>
internal static class PrinterColumns
{
    public static readonly TableColumn Name = new(
        "Name",
        "string",
        "Name must be unique within a namespace.",
        (header, _) => header.Name,
        Format: "name");

    public static readonly TableColumn Workload = new("Workload", "string", "Kind and name of the workload.", (header, _) => WorkloadOf(header));

    public static readonly TableColumn ContainerName = new(
        "Container", "string", "Name of the container.", (header, _) => header.Labels.GetValueOrDefault(KubescapeLabels.ContainerName));

    private static readonly TableColumn Status = new(
        "Status", "string", "ready: learning; completed: learned.", (header, _) => header.Annotations.GetValueOrDefault(KubescapeAnnotations.Status));

    private static readonly TableColumn Completion = new(
        "Completion", "string", "complete, or partial when something was missed.", (header, _) => header.Annotations.GetValueOrDefault(KubescapeAnnotations.Completion));

    private static readonly TableColumn Findings = new(
        "Findings", "integer", "Number of entries.", (header, _) => Number(header.Annotations.GetValueOrDefault(KubescapeAnnotations.ResourceSize)));

    public static readonly TableColumn Age = new(
        "Age", "string", "Time since the object was created.", (header, now) => AgeOf(header.CreationTimestamp, now));

    private static readonly TableColumn PartialReason = new(
        "Partial reason",
        "string",
        "Why the profile is partial.",
        (header, _) => header.Annotations.GetValueOrDefault(KubescapeAnnotations.PartialReason),
        Priority: 1);

    public static IReadOnlyList<TableColumn> Container { get; } = [Name, Workload, ContainerName, Status, Completion, Findings, Age, PartialReason];

    public static IReadOnlyList<TableColumn> Drift { get; } =
        [Name, Workload, ContainerName, new TableColumn("Node", "string", "Which saw it.", (header, _) => header.Annotations.GetValueOrDefault(KubescapeAnnotations.Node)), Findings, Age];

    public static IReadOnlyList<TableColumn> WorkloadProfile { get; } = [Name, Workload, Status, Completion, Findings, Age, PartialReason];

    public static IReadOnlyList<TableColumn> Policy { get; } = [Name, Workload, Age];

    public static IReadOnlyList<TableColumn> NameAndAge { get; } = [Name, Age];

    public static IReadOnlyList<TableColumn> Namespace { get; } =
        [Name, new TableColumn("Status", "string", "The status of the namespace.", (_, _) => "Active"), Age];

    /// <returns>Shape: as kubectl prints times: <c>45s</c>, <c>5m10s</c>, <c>3h2m</c>, <c>7d</c>.</returns>
    public static string AgeOf(string creationTimestamp, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(creationTimestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created))
        {
            return "<unknown>";
        }

        long seconds = (long)(now - created).TotalSeconds;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 120 => $"{seconds}s",
            < 600 when seconds % 60 != 0 => $"{seconds / 60}m{seconds % 60}s",
            < 3 * 3600 => $"{seconds / 60}m",
            < 8 * 3600 when seconds / 60 % 60 != 0 => $"{seconds / 3600}h{seconds / 60 % 60}m",
            < 48 * 3600 => $"{seconds / 3600}h",
            < 192 * 3600 when seconds / 3600 % 24 != 0 => $"{seconds / 86400}d{seconds / 3600 % 24}h",
            < 2 * 365 * 86400L => $"{seconds / 86400}d",
            < 8 * 365 * 86400L when seconds / 86400 % 365 != 0 => $"{seconds / 86400 / 365}y{seconds / 86400 % 365}d",
            _ => $"{seconds / 86400 / 365}y",
        };
    }

    private static string? WorkloadOf(ObjectHeader header)
    {
        string? kind = header.Labels.GetValueOrDefault(KubescapeLabels.Kind);
        string? name = header.Labels.GetValueOrDefault(KubescapeLabels.Name);
        return name is null ? null : kind is null ? name : $"{kind}/{name}";
    }

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : null;
}
