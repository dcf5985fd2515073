// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Drift;

namespace NodeAgent.HostScanning;

/// <summary>What the entry of a document says that alerts have members for.</summary>
internal static class DriftDetails
{
    /// <summary>Who holds the port; null = the document does not say it.</summary>
    public static JsonElement? ProcessOf(DriftFinding finding) =>
        JsonMember.At(finding.Entry, "processes") is { ValueKind: JsonValueKind.Array } processes && processes.GetArrayLength() > 0 ? processes[0]
        : JsonMember.At(finding.Entry, "pid") is not null ? finding.Entry
        : null;

    public static uint PidOf(JsonElement? process) =>
        process is { } entry && JsonMember.At(entry, "pid") is { ValueKind: JsonValueKind.Number } pid && pid.TryGetUInt32(out uint number) ? number : 0;

    public static string? Text(JsonElement? element, string member) => element is { } entry && JsonMember.Text(entry, member) is { Length: > 0 } value ? value : null;

    public static AlertArguments Arguments(DriftFinding finding)
    {
        JsonElement entry = finding.Entry;
        return new AlertArguments
        {
            Path = finding.Files.FirstOrDefault() ?? (finding.Rule.Subject == DriftSubject.Mount ? finding.Key : null),
            Module = finding.Rule.Subject == DriftSubject.Module ? finding.Key : null,
            Ip = Text(entry, "localAddress"),
            Port = JsonMember.At(entry, "localPort") is { ValueKind: JsonValueKind.Number } port && port.TryGetInt32(out int number) ? number : null,
            Proto = Text(entry, "transport")?.ToUpperInvariant(),
        };
    }
}
