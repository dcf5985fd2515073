// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>A component of Kubernetes that runs: as a program of its own, or inside of one that has several.</summary>
/// <param name="Program">Shape: <c>kubelet</c>, <c>hyperkube</c>, <c>k3s</c>, <c>microk8s</c>.</param>
/// <param name="Flags">With which the component was started, in their order.</param>
internal sealed record KubernetesPart(string Program, HostProcess Process, IReadOnlyList<ProgramFlag> Flags)
{
    public string CommandLine => Redaction.CommandLine(Process.Arguments);

    public bool IsInContainer => Process.ContainerId.Length > 0;

    /// <param name="name">Shape: <c>kubelet</c>, <c>kube-apiserver</c>.</param>
    /// <param name="written">The flags of the manifest. Anybody may give his program this name: of several the one that is most like the manifest counts.</param>
    /// <returns>Null when none runs that can be seen.</returns>
    public static KubernetesPart? Find(SensorRun run, string name, IReadOnlyList<ProgramFlag>? written = null)
    {
        // One on the host comes before one in a container: a node may run others' nodes in containers.
        HostProcess[] processes = [.. run.Processes.All.Where(process => process.Arguments.Count > 0).OrderBy(process => process.ContainerId.Length > 0).ThenBy(process => process.Pid)];
        KubernetesPart[] own = [.. processes.Where(process => process.Name == name).Select(process => new KubernetesPart(name, process, ProgramFlag.Parse([.. process.Arguments.Skip(1)])))];
        if (own.Length > 0)
        {
            // The first of those that are alike.
            return own.MaxBy(part => written is null ? 0 : part.Flags.Count(flag => written.Any(other => other.Name == flag.Name && other.Value == flag.Value)));
        }

        string inHyperkube = name.Replace("kube-", string.Empty, StringComparison.Ordinal);
        if (processes.FirstOrDefault(process => process.Name == "hyperkube" && process.Arguments.Count > 1 && (process.Arguments[1] == name || process.Arguments[1] == inHyperkube)) is { } hyperkube)
        {
            return new KubernetesPart("hyperkube", hyperkube, ProgramFlag.Parse([.. hyperkube.Arguments.Skip(2)]));
        }

        return InMicrok8s(run, processes, name);
    }

    /// <summary>The one process of k3s that has all components in it.</summary>
    public static HostProcess? FindK3s(SensorRun run) =>
        run.Processes.All
            .Where(process => process.Name == "k3s" && process.Arguments.Any(argument => argument is "server" or "agent"))
            .OrderBy(process => process.ContainerId.Length > 0)
            .FirstOrDefault();

    // Each component's flags stand in a file of their own.
    private static KubernetesPart? InMicrok8s(SensorRun run, HostProcess[] processes, string name)
    {
        if (processes.FirstOrDefault(process => process.Name == "kubelite") is not { } kubelite)
        {
            return null;
        }

        string flag = name switch { "kube-proxy" => "proxy", "kube-scheduler" => "scheduler", "kube-controller-manager" => "controller-manager", "kube-apiserver" => "apiserver", _ => name } + "-args-file";
        return ProgramFlag.Parse([.. kubelite.Arguments.Skip(1)]).LastOrDefault(given => given.Name == flag)?.Value is { } file && run.Read(file) is { IsRead: true } read
            ? new KubernetesPart("microk8s", kubelite, ProgramFlag.ParseLines(read.Lines, file))
            : null;
    }
}
