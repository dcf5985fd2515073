// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Formats;

/// <summary>All formats by their word.</summary>
public static class AlertFormats
{
    public static IReadOnlyList<IAlertFormat> All { get; } =
        [new KubescapeFormat(), new GenericJsonFormat(), new EcsFormat(), new OcsfFormat(), new CefFormat(), new LeefFormat(), new TextFormat()];

    public static IAlertFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
