// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Linux;

/// <summary>Which distribution it is. Source: os-release(5), which names two places.</summary>
internal sealed class OsReleaseSensor() : HostSensor<OsReleaseFileSpec>(HostDataJsonContext.Readable.OsReleaseFileSpec)
{
    private static readonly string[] Places = ["/etc/os-release", "/usr/lib/os-release"];

    public override string Kind => "OsReleaseFile";

    public override string Variable => "os";

    protected override OsReleaseFileSpec? Read(SensorRun run)
    {
        foreach (string path in Places)
        {
            if (run.Read(path, 64 << 10) is { IsRead: true } file)
            {
                Dictionary<string, string> values = ShellAssignments.Parse(file.Lines);
                return new OsReleaseFileSpec
                {
                    Content = file.Text,
                    Id = values.GetValueOrDefault("ID"),
                    IdLike = values.GetValueOrDefault("ID_LIKE"),
                    VersionId = values.GetValueOrDefault("VERSION_ID"),
                    PrettyName = values.GetValueOrDefault("PRETTY_NAME"),
                    VariantId = values.GetValueOrDefault("VARIANT_ID"),
                    Source = path,
                    NodeName = run.NodeName,
                };
            }
        }

        run.Problem("neither /etc/os-release nor /usr/lib/os-release is there");
        return null;
    }
}
