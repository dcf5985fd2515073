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

    // Keys stand in some of them too: of these nothing is told.
    private static readonly string[] ClientCertificates =
        ["/var/lib/kubelet/pki/kubelet-client-current.pem", K3sAgent + "/client-kubelet.crt", "/var/lib/rancher/rke2/agent/client-kubelet.crt", "/var/snap/microk8s/current/certs/kubelet.crt"];

    public override string Kind => "KubeletInfo";

    public override string Variable => "kubelet";

    public override bool IsEverywhere => false;

    protected override KubeletInfoSpec? Read(SensorRun run)
    {
        HostProcess? k3s = KubernetesPart.FindK3s(run);
        if (KubernetesPart.Find(run, "kubelet") is { } part && (k3s is null || k3s.ContainerId.Length > 0 || !part.IsInContainer))
        {
            string program = part.Program == "kubelet" && run.Processes.Named("rke2").Any() ? "rke2" : part.Program;
            return Describe(run, new Start(program, part.Process, part.Flags, Last(part.Flags, "config"), Last(part.Flags, "config-dir"), AllRead: true));
        }

        if (k3s is not null)
        {
            IReadOnlyList<ProgramFlag> options = K3sOptions.Read(run, k3s, out bool allRead);
            // The one option of its own that it passes on under the same name.
            ProgramFlag[] flags = [.. options.Where(option => option.Name == "protect-kernel-defaults"), .. K3sOptions.PassedTo(options, "kubelet-arg")];
            return Describe(run, new Start("k3s", k3s, flags, Last(flags, "config"), Last(flags, "config-dir") ?? run.FirstOf(K3sAgent + "/etc/kubelet.conf.d"), allRead));
        }

        // None runs, or the root is that of a machine that is switched off.
        string? config = run.FirstOf(Configs);
        return config is null && run.FirstOf(KubeConfigs) is null ? null : Describe(run, new Start(null, null, [], config, null, AllRead: config is not null));
    }

    private static KubeletInfoSpec Describe(SensorRun run, Start start)
    {
        IReadOnlyList<string> dropIns = start.DropInFolder is null ? [] : run.Files(start.DropInFolder, MaxDropIns, ".conf");
        var parsed = new List<(string Path, ConfigNode? Node)>();
        foreach (string path in start.Config is null ? dropIns : dropIns.Prepend(start.Config))
        {
            parsed.Add((path, run.Parse(path, ConfigText.ParseYamlOrJson)));
        }

        SettingList settings = InForce(start, parsed, out bool allRead);
        run.NoteIfCut(settings, "kubelet");
        foreach ((string path, _) in parsed.Where(file => file.Node is not { IsMap: true }))
        {
            run.Problem($"{path}: what it sets is not known, nor are defaults told");
        }

        return Spec(run, start, settings) with
        {
            ConfigFile = start.Config is null ? null : run.DescribeParsed(start.Config, parsed[0].Node),
            ConfigDropIns = dropIns.Count == 0 ? null : [.. dropIns.Select(path => run.Describe(path, FileContent.Hash)).OfType<HostFile>()],
            AllRead = allRead && !settings.IsCut ? true : null,
        };
    }

    // Where a file cannot be read, nothing is known but flags, which go over all files.
    private static SettingList InForce(Start start, List<(string Path, ConfigNode? Node)> parsed, out bool allRead)
    {
        var settings = new SettingList();
        allRead = start.AllRead && parsed.All(file => file.Node is { IsMap: true });
        if (allRead)
        {
            KubeletDefaults.Set(settings, hasFile: start.Config is not null || start.Process is null, start.Program == "k3s");
            foreach ((string path, ConfigNode? node) in parsed)
            {
                // The version and kind of a file are no settings; unknown fields are, since a newer kubelet knows them.
                settings.SetAll(node!, path);
                settings.Remove("apiVersion");
                settings.Remove("kind");
            }

            KubeletDefaults.SetWhereZero(settings);
        }

        KubeletFlags.Set(settings, start.Flags);
        return settings;
    }

    private static KubeletInfoSpec Spec(SensorRun run, Start start, SettingList settings)
    {
        (string? program, HostProcess? process) = (start.Program, start.Process);
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
            ClientCertFile = run.DescribeCertificate(run.FirstOf(ClientCertificates)),
            NodeName = run.NodeName,
            Settings = settings.All,
        };
    }

    private static string? Last(IReadOnlyList<ProgramFlag> flags, string name) => flags.LastOrDefault(flag => flag.Name == name)?.Value;

    /// <param name="Program">Null = none runs.</param>
    /// <param name="AllRead">Whether what tells the flags was read.</param>
    private sealed record Start(string? Program, HostProcess? Process, IReadOnlyList<ProgramFlag> Flags, string? Config, string? DropInFolder, bool AllRead);
}
