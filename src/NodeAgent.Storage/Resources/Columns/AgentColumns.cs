// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Resources.Columns;

/// <summary>What <c>kubectl get</c> shows of host data, rules and bindings.</summary>
internal static class AgentColumns
{
    public static IReadOnlyList<TableColumn> HostData { get; } =
    [
        PrinterColumns.Name,
        TableColumn.OfContent("Sensed", "string", "When it was read last.", "status", "lastSensed"),
        TableColumn.OfContent("Error", "string", "Why it could not be read.", "status", "error"),
        PrinterColumns.Age,
    ];

    public static IReadOnlyList<TableColumn> Rules { get; } =
        [PrinterColumns.Name, TableColumn.OfContent("Rules", "integer", "How many rules it holds.", "spec", "rules"), PrinterColumns.Age];

    public static IReadOnlyList<TableColumn> Binding { get; } =
        [PrinterColumns.Name, TableColumn.OfContent("Rules", "integer", "How many terms name rules.", "spec", "rules"), PrinterColumns.Age];
}
