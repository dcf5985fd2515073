// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.HostScan.Drift;

namespace NodeAgent.HostScanning;

/// <summary>What the entry of a document says that alerts have members for.</summary>
internal static class DriftDetails
{
    /// <summary>Who holds the port; null = the document does not say it.</summary>
    public static JsonElement? ProcessOf(DriftFinding finding) =>
        Member(finding.Entry, "processes") is { ValueKind: JsonValueKind.Array } processes && processes.GetArrayLength() > 0 ? processes[0]
        : Member(finding.Entry, "pid") is not null ? finding.Entry
        : null;

    public static uint PidOf(JsonElement? process) =>
        process is { } entry && Member(entry, "pid") is { ValueKind: JsonValueKind.Number } pid && pid.TryGetUInt32(out uint number) ? number : 0;

    public static string? Text(JsonElement? element, string member) =>
        element is { } entry && Member(entry, member) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    public static AlertArguments Arguments(DriftFinding finding, JsonElement? process)
    {
        JsonElement entry = finding.Entry;
        return new AlertArguments
        {
            ExePath = Text(process, "executable"),
            Path = Text(entry, "path") ?? (finding.Rule.Id is "NA-H014" ? Text(entry, "source") : null),
            Module = finding.Rule.Kind == "KernelModules" ? finding.Key : null,
            Ip = Text(entry, "localAddress"),
            Port = Member(entry, "localPort") is { ValueKind: JsonValueKind.Number } port && port.TryGetInt32(out int number) ? number : null,
            Proto = Text(entry, "transport")?.ToUpperInvariant(),
        };
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : null;
}
