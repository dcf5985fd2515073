// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>The kubelet: how it was started, its files, and what is in force. Source: kubelet's documentation on configuration files and drop-ins.</summary>
internal sealed class KubeletSensor() : HostSensor<KubeletInfoSpec>(HostDataJsonContext.Readable.KubeletInfoSpec)
{
    private const int MaxDropIns = 256;
    private const string K3sAgent = "/var/lib/rancher/k3s/agent";

    // Where it looks, or where installers put it, if its command line does not tell.
    private static readonly string[] KubeConfigs =
        ["/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/kubeconfig", "/etc/kubernetes/kubelet/kubeconfig", K3sAgent + "/kubelet.kubeconfig", "/var/lib/rancher/rke2/agent/kubelet.kubeconfig"];

    private static readonly string[] Configs = ["/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubelet-config.json", "/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet.yaml"];

    public override string Kind => "KubeletInfo";

    public override string Variable => "kubelet";

    public override bool IsEverywhere => false;

    protected override KubeletInfoSpec? Read(SensorRun run)
    {
        if (KubernetesPart.Find(run, "kubelet") is { } part)
        {
            string program = part.Program == "kubelet" && run.Processes.Named("rke2").Any() ? "rke2" : part.Program;
            return Describe(run, program, part.Process, part.Flags, Last(part.Flags, "config"), Last(part.Flags, "config-dir"));
        }

        if (KubernetesPart.FindK3s(run) is { } k3s)
        {
            ProgramFlag[] flags = [.. K3sOptions.PassedTo(K3sOptions.Read(run, k3s), "kubelet-arg")];
            return Describe(run, "k3s", k3s, flags, Last(flags, "config"), Last(flags, "config-dir") ?? run.FirstOf(K3sAgent + "/etc/kubelet.conf.d"));
        }

        // None runs, or the root is that of a machine that is switched off.
        string? config = run.FirstOf(Configs);
        return config is null && run.FirstOf(KubeConfigs) is null ? null : Describe(run, null, null, [], config, null);
    }

    private static KubeletInfoSpec Describe(SensorRun run, string? program, HostProcess? process, IReadOnlyList<ProgramFlag> flags, string? config, string? dropInFolder)
    {
        ConfigNode? parsed = config is null ? null : run.Parse(config, ConfigText.ParseYamlOrJson);
        var settings = new SettingList();
        KubeletDefaults.Set(settings, hasFile: config is not null || process is null, program == "k3s");
        if (parsed is not null)
        {
            SetFile(settings, parsed, config!);
        }

        IReadOnlyList<string> dropIns = dropInFolder is null ? [] : run.Files(dropInFolder, MaxDropIns, ".conf");
        foreach (string dropIn in dropIns)
        {
            if (run.Parse(dropIn, ConfigText.ParseYamlOrJson) is { } node)
            {
                SetFile(settings, node, dropIn);
            }
        }

        KubeletFlags.Set(settings, flags);
        run.NoteIfCut(settings, "kubelet");
        if (config is not null && parsed is null)
        {
            run.Problem($"{config}: what it sets is not among the settings");
        }

        return Spec(run, program, process, settings) with
        {
            ConfigFile = config is null ? null : run.DescribeParsed(config, parsed),
            ConfigDropIns = dropIns.Count == 0 ? null : [.. dropIns.Select(path => run.Describe(path, FileContent.Hash)).OfType<HostFile>()],
        };
    }

    private static KubeletInfoSpec Spec(SensorRun run, string? program, HostProcess? process, SettingList settings)
    {
        string unit = process?.Unit is { Length: > 0 } known ? known : program is null or "kubelet" ? "kubelet.service" : string.Empty;
        return new KubeletInfoSpec
        {
            Program = program,
            CmdLine = process is null ? null : Redaction.CommandLine(process.Arguments),
            ServiceFiles = run.ServiceFiles(unit),
            KubeConfigFile = run.DescribeIfAny(settings.Text("--kubeconfig") ?? run.FirstOf(KubeConfigs), FileContent.Hash),
            BootstrapKubeConfigFile = run.DescribeIfAny(settings.Text("--bootstrap-kubeconfig"), FileContent.Hash),
            ClientCAFile = run.DescribeCertificate(settings.Text("authentication.x509.clientCAFile")),
            TlsCertFile = run.DescribeCertificate(settings.Text("tlsCertFile") ?? run.FirstOf("/var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/kubelet/pki/kubelet.crt")),
            TlsPrivateKeyFile = run.DescribeIfAny(settings.Text("tlsPrivateKeyFile") ?? run.FirstOf("/var/lib/kubelet/pki/kubelet-server-current.pem", "/var/lib/kubelet/pki/kubelet.key"), FileContent.None),
            NodeName = run.NodeName,
            Settings = settings.All,
        };
    }

    // The version and kind of a file are no settings; unknown fields are, since a newer kubelet knows them.
    private static void SetFile(SettingList settings, ConfigNode node, string path)
    {
        settings.SetAll(node, path);
        settings.Remove("apiVersion");
        settings.Remove("kind");
    }

    private static string? Last(IReadOnlyList<ProgramFlag> flags, string name) => flags.LastOrDefault(flag => flag.Name == name)?.Value;
}
