// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Which network plugins the node has, by its configuration and by what runs. Source: the CNI specification.</summary>
internal sealed class CniSensor() : HostSensor<CniInfoSpec>(HostDataJsonContext.Readable.CniInfoSpec)
{
    private const int MaxFiles = 128;
    private const int MaxNames = 64;

    private static readonly string[] Folders = ["/etc/cni/net.d", "/var/lib/rancher/k3s/agent/etc/cni/net.d", "/var/snap/microk8s/current/args/cni-network"];

    // Names as the scanners that read these documents know them.
    private static readonly Dictionary<string, string> Programs = new(StringComparer.Ordinal)
    {
        ["aws-k8s-agent"] = "aws",
        ["calico-node"] = "Calico",
        ["flanneld"] = "Flannel",
        ["cilium-agent"] = "Cilium",
        ["weave-net"] = "WeaveNet",
        ["weaver"] = "WeaveNet",
        ["kindnetd"] = "Kindnet",
        ["multus"] = "Multus",
        ["multus-daemon"] = "Multus",
        ["antrea-agent"] = "Antrea",
        ["kube-router"] = "KubeRouter",
        ["ovnkube"] = "OvnKubernetes",
    };

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["aws-cni"] = "aws",
        ["calico"] = "Calico",
        ["flannel"] = "Flannel",
        ["cilium-cni"] = "Cilium",
        ["weave-net"] = "WeaveNet",
        ["multus"] = "Multus",
        ["multus-shim"] = "Multus",
        ["antrea"] = "Antrea",
        ["ovn-k8s-cni-overlay"] = "OvnKubernetes",
        ["azure-vnet"] = "Azure",
        ["kube-ovn"] = "KubeOvn",
    };

    public override string Kind => "CNIInfo";

    public override string Variable => "cni";

    public override bool IsEverywhere => false;

    protected override CniInfoSpec? Read(SensorRun run)
    {
        var names = new SortedSet<string>(run.Processes.All.Select(process => Programs.GetValueOrDefault(process.Name)).OfType<string>(), StringComparer.Ordinal);
        var files = new List<HostFile>();
        foreach (string folder in Folders)
        {
            foreach (string name in run.List(folder, MaxFiles))
            {
                AddFile(run, $"{folder}/{name}", files, names);
            }
        }

        return files.Count == 0 && names.Count == 0 ? null : new CniInfoSpec { CniConfigFiles = files, CniNames = [.. names.Take(MaxNames)], NodeName = run.NodeName };
    }

    // No content: plugins keep tokens in their configuration, or beside it.
    private static void AddFile(SensorRun run, string path, List<HostFile> files, SortedSet<string> names)
    {
        if (run.Root.TryGetFacts(path, out Interop.Platform.FileFacts facts) != Roots.ReadProblem.None || !facts.IsRegular || run.Describe(path, FileContent.Hash) is not { } file)
        {
            return;
        }

        files.Add(file);
        if (!path.EndsWith(".conf", StringComparison.Ordinal) && !path.EndsWith(".conflist", StringComparison.Ordinal) && !path.EndsWith(".json", StringComparison.Ordinal))
        {
            return;
        }

        ConfigNode? parsed = run.Parse(path, ConfigText.ParseYamlOrJson);
        foreach (ConfigNode plugin in (parsed?["plugins"]?.Items ?? []).Concat(parsed?["delegates"]?.Items ?? []).Append(parsed).OfType<ConfigNode>())
        {
            if (plugin["type"]?.Text is { } type && Types.TryGetValue(type, out string? known))
            {
                names.Add(known);
            }
        }
    }
}
