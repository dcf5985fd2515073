// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>The control plane on a node: flags in force, the files that they name, keys and certificates.</summary>
internal sealed class ControlPlaneSensor() : HostSensor<ControlPlaneInfoSpec>(HostDataJsonContext.Readable.ControlPlaneInfoSpec)
{
    private static readonly string[] PkiFolders =
        ["/etc/kubernetes/pki", "/var/lib/rancher/k3s/server/tls", "/var/lib/rancher/rke2/server/tls", "/var/snap/microk8s/current/certs", "/etc/kubernetes/ssl"];

    private static readonly string[] AdminConfigs =
    [
        "/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf", "/etc/rancher/k3s/k3s.yaml", "/etc/rancher/rke2/rke2.yaml",
        "/var/snap/microk8s/current/credentials/client.config", "/root/.kube/config",
    ];

    private static readonly string[] PassedBy = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

    public override string Kind => "ControlPlaneInfo";

    public override string Variable => "controlPlane";

    public override bool IsEverywhere => false;

    protected override ControlPlaneInfoSpec? Read(SensorRun run)
    {
        IReadOnlyList<(string, ConfigNode)> manifests = StaticPod.ReadAll(run);
        ControlPlanePart? apiServer = ControlPlanePart.Find(run, manifests, "kube-apiserver");
        ControlPlanePart? controllers = ControlPlanePart.Find(run, manifests, "kube-controller-manager");
        ControlPlanePart? scheduler = ControlPlanePart.Find(run, manifests, "kube-scheduler");
        ControlPlanePart? etcd = ControlPlanePart.Find(run, manifests, "etcd");
        HostProcess? k3s = KubernetesPart.FindK3s(run) is { } found && found.Arguments.Contains("server") ? found : null;
        if (apiServer is null && controllers is null && scheduler is null && etcd is null && k3s is null)
        {
            return null;
        }

        string? etcdConfig = etcd?.FileOf("config-file");
        string? pki = run.FirstOf(PkiFolders);
        HostFile[] admins = [.. AdminConfigs.Select(path => run.Describe(path, FileContent.Hash)).OfType<HostFile>()];
        return new ControlPlaneInfoSpec
        {
            ApiServerInfo = apiServer is null ? null : ApiServer(run, apiServer),
            ControllerManagerInfo = Process(run, controllers),
            SchedulerInfo = Process(run, scheduler),
            EtcdConfigFile = run.DescribeIfAny(etcdConfig, FileContent.Hash),
            EtcdInfo = Etcd(run, etcd, etcdConfig),
            EtcdDataDir = run.DescribeIfAny(etcd?.FileOf("data-dir") ?? (etcd is null ? null : run.FirstOf("/var/lib/etcd")), FileContent.None),
            AdminConfigFile = admins.FirstOrDefault(),
            AdminConfigFiles = admins,
            PkiDir = run.DescribeIfAny(pki, FileContent.None),
            PkiFiles = pki is null ? null : PkiFiles.Read(run, pki),
            Program = k3s is null ? apiServer?.Program : "k3s",
            ExtraSettings = k3s is null ? null : Extra(run, k3s),
            NodeName = run.NodeName,
        };
    }

    private static ApiServerProcess ApiServer(SensorRun run, ControlPlanePart part)
    {
        string? audit = part.FileOf("audit-policy-file");
        string? encryption = part.FileOf("encryption-provider-config");
        ConfigNode? policy = audit is null ? null : run.Parse(audit, ConfigText.ParseYamlOrJson);
        ConfigNode? encrypted = encryption is null ? null : run.Parse(encryption, ConfigText.ParseYamlOrJson);
        if (part.Settings["authorization-config"] is not null)
        {
            SetAuthorization(run, part);
        }

        return new ApiServerProcess
        {
            CmdLine = part.CommandLine,
            SpecsFile = run.DescribeIfAny(part.Manifest, FileContent.Hash),
            AuditPolicyFile = run.DescribeIfAny(audit, FileContent.Hash),
            EncryptionProviderConfigFile = run.DescribeIfAny(encryption, FileContent.Hash),
            AuditPolicy = policy is null ? null : AuditPolicy.Read(run, audit!, policy),
            Encryption = encrypted is null ? null : EncryptionConfig.Read(run, encryption!, encrypted),
            Settings = part.Settings.All,
        };
    }

    // The flag for modes may not be given beside this file; if it cannot be read, the modes are not known.
    private static void SetAuthorization(SensorRun run, ControlPlanePart part)
    {
        part.Settings.Remove("authorization-mode");
        if (part.FileOf("authorization-config") is { } file && run.Parse(file, ConfigText.ParseYamlOrJson)?["authorizers"] is { } authorizers)
        {
            part.Settings.Set("authorization-mode", authorizers.Items.Select(authorizer => authorizer["type"]?.Text).OfType<string>(), file, authorizers.Line);
        }
        else
        {
            run.Problem("the file of --authorization-config could not be read on the node");
        }
    }

    private static ControlPlaneProcess? Process(SensorRun run, ControlPlanePart? part) => part is null ? null : new ControlPlaneProcess
    {
        CmdLine = part.CommandLine,
        SpecsFile = run.DescribeIfAny(part.Manifest, FileContent.Hash),
        ConfigFile = run.DescribeIfAny(part.FileOf("config"), FileContent.Hash),
        KubeConfigFile = run.DescribeIfAny(part.FileOf("kubeconfig"), FileContent.Hash),
        ClientCAFile = run.DescribeCertificate(part.FileOf("client-ca-file") ?? part.FileOf("trusted-ca-file")),
        Settings = part.Settings.All,
    };

    // With a file, etcd takes no flag: what cannot be read leaves nothing that is known.
    private static ControlPlaneProcess? Etcd(SensorRun run, ControlPlanePart? part, string? config)
    {
        if (part?.Settings["config-file"] is null)
        {
            return Process(run, part);
        }

        if (config is not null && run.Parse(config, ConfigText.ParseYamlOrJson) is { } file)
        {
            EtcdVariables.SetFile(part.Settings, file, config);
            return Process(run, part);
        }

        run.Problem("the file of etcd's --config-file could not be read on the node");
        return Process(run, part)! with { Settings = null };
    }

    private static IReadOnlyList<HostSetting> Extra(SensorRun run, HostProcess k3s)
    {
        var settings = new SettingList();
        IReadOnlyList<ProgramFlag> options = K3sOptions.Read(run, k3s, out _);
        foreach (ProgramFlag option in options.Where(option => !option.Name.EndsWith("-arg", StringComparison.Ordinal)))
        {
            settings.Set("k3s." + option.Name, option.Typed(), option.Source, option.Line);
        }

        foreach (string component in PassedBy)
        {
            foreach (ProgramFlag flag in K3sOptions.PassedTo(options, component + "-arg"))
            {
                settings.Set($"{component}.{flag.Name}", flag.Typed(), flag.Source, flag.Line);
            }
        }

        run.NoteIfCut(settings, "k3s");
        return settings.All;
    }
}
