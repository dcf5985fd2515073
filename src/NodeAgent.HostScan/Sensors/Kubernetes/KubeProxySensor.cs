// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>kube-proxy, where it is a program. Source: kube-proxy's reference of flags, KubeProxyConfiguration v1alpha1.</summary>
internal sealed class KubeProxySensor() : HostSensor<KubeProxyInfoSpec>(HostDataJsonContext.Readable.KubeProxyInfoSpec)
{
    private const string Pods = "/var/lib/kubelet/pods";
    private const int MaxPods = 1000;

    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["metrics-bind-address"] = "metricsBindAddress",
        ["healthz-bind-address"] = "healthzBindAddress",
        ["bind-address"] = "bindAddress",
        ["hostname-override"] = "hostnameOverride",
        ["kubeconfig"] = "clientConnection.kubeconfig",
        ["proxy-mode"] = "mode",
        ["profiling"] = "enableProfiling",
        ["cluster-cidr"] = "clusterCIDR",
        ["nodeport-addresses"] = "nodePortAddresses",
    };

    // With a file, all other flags count for nothing.
    private static readonly HashSet<string> OverFile = new(StringComparer.Ordinal) { "hostname-override", "v", "vmodule", "config", "write-config-to", "cleanup" };

    public override string Kind => "KubeProxyInfo";

    public override string Variable => "kubeProxy";

    public override bool IsEverywhere => false;

    protected override KubeProxyInfoSpec? Read(SensorRun run)
    {
        if (KubernetesPart.Find(run, "kube-proxy") is not { } part)
        {
            return null;
        }

        string? given = part.Flags.LastOrDefault(flag => flag.Name == "config")?.Value;
        string? file = given is null ? null : OnNode(run, given, part.Process.ContainerId.Length > 0);
        ConfigNode? parsed = file is null ? null : run.Parse(file, ConfigText.ParseYamlOrJson);
        SettingList? settings = given is null || parsed is not null ? Settings(part, file, parsed) : null;
        if (settings is null)
        {
            run.Problem($"{given}: kube-proxy's configuration could not be read on the node");
        }

        string? kubeConfig = settings?.Text("clientConnection.kubeconfig") ?? part.Flags.LastOrDefault(flag => flag.Name == "kubeconfig")?.Value;
        return new KubeProxyInfoSpec
        {
            CmdLine = part.CommandLine,
            ConfigFile = file is null ? null : run.DescribeParsed(file, parsed),
            KubeConfigFile = kubeConfig is null ? null : run.DescribeIfAny(OnNode(run, kubeConfig, part.Process.ContainerId.Length > 0), FileContent.Hash),
            Settings = settings?.All,
            NodeName = run.NodeName,
        };
    }

    private static SettingList Settings(KubernetesPart part, string? file, ConfigNode? parsed)
    {
        var settings = new SettingList();
        settings.Set("bindAddress", "0.0.0.0", SettingList.Default);
        settings.Set("metricsBindAddress", "127.0.0.1:10249", SettingList.Default);
        settings.Set("healthzBindAddress", "0.0.0.0:10256", SettingList.Default);
        settings.Set("enableProfiling", false, SettingList.Default);
        if (parsed is not null)
        {
            SetFile(settings, parsed, file!);
        }

        foreach (ProgramFlag flag in part.Flags.Where(flag => parsed is null || OverFile.Contains(flag.Name)))
        {
            settings.Set(Fields.GetValueOrDefault(flag.Name, "--" + flag.Name), flag.Typed(), flag.Source, flag.Line);
        }

        return settings;
    }

    // An empty text there means the default.
    private static void SetFile(SettingList settings, ConfigNode parsed, string file)
    {
        HostSetting?[] defaults = [settings["bindAddress"], settings["metricsBindAddress"], settings["healthzBindAddress"]];
        settings.SetAll(parsed, file);
        settings.Remove("apiVersion");
        settings.Remove("kind");
        foreach (HostSetting setting in defaults.OfType<HostSetting>().Where(setting => settings.Text(setting.Key!) is ""))
        {
            settings.Set(setting.Key!, setting.Value!.Value.GetString(), SettingList.Default);
        }
    }

    // A path in the pod is one below its volumes: the kubelet writes the config map there.
    private static string? OnNode(SensorRun run, string path, bool isInContainer)
    {
        if (!isInContainer)
        {
            return path;
        }

        string name = path[(path.LastIndexOf('/') + 1)..];
        return run.List(Pods, MaxPods).Select(pod => $"{Pods}/{pod}/volumes/kubernetes.io~configmap/kube-proxy/{name}").FirstOrDefault(run.Root.Exists) ?? run.FirstOf(path);
    }
}
