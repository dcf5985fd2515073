// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Linux;

/// <summary>Makes settings with their source, which are the evidence of checks.</summary>
internal static class Setting
{
    private static readonly HostDataJsonContext Json = HostDataJsonContext.Readable;

    public static HostSetting Of(string key, string value, string source, int? line = null) => Of(key, JsonSerializer.SerializeToElement(value, Json.String), source, line);

    public static HostSetting Of(string key, bool value, string source, int? line = null) => Of(key, JsonSerializer.SerializeToElement(value, Json.Boolean), source, line);

    public static HostSetting Of(string key, long value, string source, int? line = null) => Of(key, JsonSerializer.SerializeToElement(value, Json.Int64), source, line);

    public static HostSetting Of(string key, IReadOnlyList<string> value, string source, int? line = null) =>
        Of(key, JsonSerializer.SerializeToElement(value, Json.IReadOnlyListString), source, line);

    /// <summary>By key; what has the same key stays in its order.</summary>
    public static IReadOnlyList<HostSetting> Sorted(IEnumerable<HostSetting> settings) => [.. settings.OrderBy(setting => setting.Key, StringComparer.Ordinal)];

    private static HostSetting Of(string key, JsonElement value, string source, int? line) => new() { Key = key, Value = value, Source = source, Line = line };
}
