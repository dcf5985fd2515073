// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>A component of the control plane, from its process and its manifest, of which either may be missing.</summary>
internal sealed class ControlPlanePart
{
    private readonly KubernetesPart? _process;
    private readonly StaticPod? _pod;

    private ControlPlanePart(KubernetesPart? process, StaticPod? pod, SettingList settings) => (_process, _pod, Settings) = (process, pod, settings);

    public SettingList Settings { get; }

    /// <summary>Path of the manifest.</summary>
    public string? Manifest => _pod?.Path;

    /// <summary>Shape: <c>microk8s</c>; null = it is a program of its own, or does not run.</summary>
    public string? Program => _process?.Program is "microk8s" ? _process.Program : null;

    public string CommandLine => _process?.CommandLine ?? Redaction.CommandLine([.. _pod!.Words.Select(word => word.Text)]);

    /// <param name="name">Shape: <c>kube-apiserver</c>.</param>
    /// <returns>Null when the node has no such component.</returns>
    public static ControlPlanePart? Find(SensorRun run, IReadOnlyList<(string Path, ConfigNode Manifest)> manifests, string name)
    {
        StaticPod? pod = StaticPod.Find(run, manifests, name);
        KubernetesPart? process = KubernetesPart.Find(run, name, pod?.Flags);
        pod = process?.Program == "microk8s" ? null : pod;
        if (process is null && pod is null)
        {
            return null;
        }

        var settings = new SettingList();
        ComponentDefaults.Set(settings, name);
        if (name == "etcd" && pod is not null)
        {
            EtcdVariables.Set(settings, pod);
        }

        SetFlags(settings, process is null ? pod!.Flags : Traced(process.Flags, pod?.Flags ?? []));
        run.NoteIfCut(settings, name);
        return new ControlPlanePart(process, pod, settings);
    }

    /// <summary>Where on the node the file is that a flag names.</summary>
    /// <returns>Null when the flag is not set, or the file is not on the node.</returns>
    public string? FileOf(string flag) => Settings.Text(flag) is { Length: > 0 } path ? OnNode(path) : null;

    public string? OnNode(string path) => _pod is null ? path : _pod.OnNode(path);

    // What runs is in force; where the manifest says the same, it is the place to change it.
    private static IEnumerable<ProgramFlag> Traced(IReadOnlyList<ProgramFlag> running, IReadOnlyList<ProgramFlag> written) =>
        running.Select(flag => written.FirstOrDefault(other => other.Name == flag.Name && other.Value == flag.Value) ?? flag);

    // A list that is given twice is one list.
    private static void SetFlags(SettingList settings, IEnumerable<ProgramFlag> flags)
    {
        foreach (IGrouping<string, ProgramFlag> same in flags.GroupBy(flag => flag.Name, StringComparer.Ordinal))
        {
            ProgramFlag last = same.Last();
            object value = KnownFlags.IsList(same.Key) ? same.SelectMany(flag => flag.Typed() as string[] ?? [flag.Value]).ToArray() : last.Typed();
            settings.Set(same.Key, value, last.Source, last.Line);
        }
    }
}
