// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes.Runtimes;

/// <summary>containerd. Source: containerd-config.toml(5), versions 1 to 3, and its documentation of the CRI plugin and of registry hosts.</summary>
internal sealed class ContainerdReader : RuntimeReader
{
    private const string Default = "/etc/containerd/config.toml";
    private const string K3s = "/var/lib/rancher/k3s/agent/etc/containerd";

    // The plugin that serves the kubelet, by version: one, then two.
    private static readonly string[] CriPlugins = ["cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"];

    private static readonly string[] Daemon = ["grpc", "ttrpc", "debug", "metrics"];

    public override string Name => "containerd";

    public override string Program => "containerd";

    public override RuntimeFacts Read(SensorRun run, HostProcess? process)
    {
        var facts = new RuntimeFacts();
        IReadOnlyList<ProgramFlag> flags = Flags(process);
        string? file = flags.LastOrDefault(flag => flag.Name is "config" or "c")?.Value ?? run.FirstOf(Default, K3s + "/config.toml");
        if (file is not null)
        {
            ReadFile(run, file, facts);
        }

        facts.Sockets.Add(flags.LastOrDefault(flag => flag.Name is "address" or "a")?.Value ?? facts.Settings.Text("grpc.address") ?? "/run/containerd/containerd.sock");
        AddHosts(run, facts);
        return facts;
    }

    // What it imports goes over what it says itself.
    private static void ReadFile(SensorRun run, string path, RuntimeFacts facts)
    {
        if (facts.Files.Contains(path) || facts.Files.Count >= MaxFiles || !run.Root.Exists(path))
        {
            return;
        }

        facts.Files.Add(path);
        if (run.Parse(path, ConfigText.ParseToml) is not { } config)
        {
            return;
        }

        SetFile(facts, config, path);
        foreach (string import in config["imports"]?.Texts ?? [])
        {
            foreach (string found in Expand(run, import.StartsWith('/') ? import : $"{path[..path.LastIndexOf('/')]}/{import}"))
            {
                ReadFile(run, found, facts);
            }
        }
    }

    private static void SetFile(RuntimeFacts facts, ConfigNode config, string path)
    {
        foreach ((string name, ConfigNode value) in config.Members.Where(member => !member.Value.IsMap && member.Key != "imports"))
        {
            facts.Settings.Set(name, value.IsList ? value.Texts : value.Scalar, path, value.Line);
        }

        foreach (string table in Daemon)
        {
            SetAll(facts.Settings, config[table], path, table);
        }

        foreach (ConfigNode plugin in CriPlugins.Select(name => config.At("plugins", name)).OfType<ConfigNode>())
        {
            SetAll(facts.Settings, plugin, path, "cri");
            AddRegistries(plugin["registry"], facts);
        }
    }

    private static void AddRegistries(ConfigNode? registry, RuntimeFacts facts)
    {
        foreach ((string name, ConfigNode mirror) in registry?["mirrors"]?.Members ?? [])
        {
            if (mirror["endpoint"]?.Texts.Any(IsPlain) == true)
            {
                facts.InsecureRegistries.Add(name);
            }
        }

        foreach ((string name, ConfigNode config) in registry?["configs"]?.Members ?? [])
        {
            if (config.At("tls", "insecure_skip_verify")?.Scalar is true)
            {
                facts.InsecureRegistries.Add(name);
            }
        }
    }

    // One folder for each registry, with a hosts.toml in it.
    private static void AddHosts(SensorRun run, RuntimeFacts facts)
    {
        foreach (string folder in (facts.Settings.Text("cri.registry.config_path") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string registry in run.List(folder, MaxFiles))
            {
                string path = $"{folder.TrimEnd('/')}/{registry}/hosts.toml";
                if (!run.Root.Exists(path) || run.Parse(path, ConfigText.ParseToml) is not { } hosts)
                {
                    continue;
                }

                facts.Files.Add(path);
                if (IsPlain(hosts["server"]?.Text) || hosts["skip_verify"]?.Scalar is true
                    || hosts["host"]?.Members.Any(host => IsPlain(host.Key) || host.Value["skip_verify"]?.Scalar is true) == true)
                {
                    facts.InsecureRegistries.Add(registry);
                }
            }
        }
    }

    private static bool IsPlain(string? url) => url?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true;

    // Only the last part of a path may have a star.
    private static IEnumerable<string> Expand(SensorRun run, string pattern)
    {
        int slash = pattern.LastIndexOf('/');
        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return [pattern];
        }

        string before = star > slash ? pattern[(slash + 1)..star] : string.Empty;
        return star < slash ? [] : run.Files(pattern[..slash], MaxFiles, pattern[(star + 1)..]).Where(path => path[(slash + 1)..].StartsWith(before, StringComparison.Ordinal));
    }
}
