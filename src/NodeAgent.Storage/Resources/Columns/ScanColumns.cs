// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;

namespace NodeAgent.Storage.Resources.Columns;

/// <summary>What <c>kubectl get</c> shows of what scanners write.</summary>
internal static class ScanColumns
{
    private static readonly TableColumn Image = new(
        "Image", "string", "Tag of the image.", (header, _) => header.Annotations.GetValueOrDefault(KubescapeAnnotations.ImageTag));

    private static readonly TableColumn Status = new(
        "Status", "string", "Status of the document.", (header, _) => header.Annotations.GetValueOrDefault(KubescapeAnnotations.Status));

    private static readonly TableColumn Tool = TableColumn.OfContent("Tool", "string", "What made it.", "spec", "metadata", "tool", "name");

    private static readonly TableColumn ToolVersion = TableColumn.OfContent("Version", "string", "Version of the tool.", "spec", "metadata", "tool", "version") with { Priority = 1 };

    public static IReadOnlyList<TableColumn> Sbom { get; } = [PrinterColumns.Name, Image, Status, Tool, PrinterColumns.Age, ToolVersion];

    public static IReadOnlyList<TableColumn> Manifest { get; } =
        [PrinterColumns.Name, Image, TableColumn.OfContent("Matches", "integer", "Vulnerabilities found.", "spec", "payload", "matches"), Tool, PrinterColumns.Age, ToolVersion];

    public static IReadOnlyList<TableColumn> ManifestSummary { get; } =
        [PrinterColumns.Name, PrinterColumns.Workload, PrinterColumns.ContainerName, .. Vulnerabilities("all"), PrinterColumns.Age, .. Relevant()];

    public static IReadOnlyList<TableColumn> VulnerabilitySummary { get; } = [PrinterColumns.Name, .. Vulnerabilities("all"), PrinterColumns.Age, .. Relevant()];

    public static IReadOnlyList<TableColumn> Configuration { get; } = [PrinterColumns.Name, PrinterColumns.Workload, PrinterColumns.Age];

    public static IReadOnlyList<TableColumn> ConfigurationSummary { get; } = [PrinterColumns.Name, PrinterColumns.Workload, .. Controls(), PrinterColumns.Age];

    public static IReadOnlyList<TableColumn> NamespaceConfiguration { get; } = [PrinterColumns.Name, .. Controls(), PrinterColumns.Age];

    public static IReadOnlyList<TableColumn> Exchange { get; } =
    [
        PrinterColumns.Name,
        TableColumn.OfContent("Author", "string", "Who says so.", "spec", "author"),
        TableColumn.OfContent("Statements", "integer", "How many statements it makes.", "spec", "statements"),
        PrinterColumns.Age,
    ];

    private static IEnumerable<TableColumn> Controls() => ((string[])["Critical", "High", "Medium", "Low", "Unknown"]).Select(severity =>
        TableColumn.OfContent(severity, "integer", $"Failed controls of severity {severity.ToLowerInvariant()}.", "spec", "severities", severity.ToLowerInvariant()));

    private static IEnumerable<TableColumn> Vulnerabilities(string which) => ((string[])["Critical", "High", "Medium", "Low", "Negligible", "Unknown"]).Select(severity =>
        TableColumn.OfContent(severity, "integer", $"Vulnerabilities of severity {severity.ToLowerInvariant()}.", "spec", "severities", severity.ToLowerInvariant(), which));

    private static IEnumerable<TableColumn> Relevant() => Vulnerabilities("relevant").Select(column =>
        column with { Name = $"Used {column.Name.ToLowerInvariant()}", Description = column.Description.TrimEnd('.') + " in what is used.", Priority = 1 });
}
