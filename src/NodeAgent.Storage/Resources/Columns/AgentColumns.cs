// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Resources.Columns;

/// <summary>What <c>kubectl get</c> shows of host data, rules, bindings and exceptions.</summary>
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
        [PrinterColumns.Name, TableColumn.OfContent("Rules", "integer", "How many rules it holds.", "spec", "rules"), Condition("Compiled", "Whether all of them compile."), PrinterColumns.Age];

    public static IReadOnlyList<TableColumn> Exception { get; } =
    [
        PrinterColumns.Name,
        TableColumn.OfContent("Rules", "integer", "How many rules it names by their ids.", "spec", "ruleIds"),
        TableColumn.OfContent("Expires", "string", "When it ends.", "spec", "expiresAt"),
        Condition("Compiled", "Whether it is in force."),
        Condition("Expired", "Whether its time is over."),
        PrinterColumns.Age,
    ];

    public static IReadOnlyList<TableColumn> Binding { get; } =
        [PrinterColumns.Name, TableColumn.OfContent("Rules", "integer", "How many terms name rules.", "spec", "rules"), PrinterColumns.Age];

    private static TableColumn Condition(string type, string description) =>
        TableColumn.OfContent(type, "string", description, "status", "conditions", $"type={type}", "status");
}
