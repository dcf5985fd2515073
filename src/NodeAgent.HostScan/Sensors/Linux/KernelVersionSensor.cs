// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Linux;

/// <summary>Which kernel runs. Source: proc_version(5).</summary>
internal sealed class KernelVersionSensor() : HostSensor<KernelVersionSpec>(HostDataJsonContext.Readable.KernelVersionSpec)
{
    public override string Kind => "KernelVersion";

    public override string Variable => "kernel";

    protected override KernelVersionSpec? Read(SensorRun run) =>
        run.Read("/proc/version") is { IsRead: true } file ? new KernelVersionSpec { Content = file.Text.TrimEnd('\n'), NodeName = run.NodeName } : null;
}
