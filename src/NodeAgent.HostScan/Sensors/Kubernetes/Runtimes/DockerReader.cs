// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes.Runtimes;

/// <summary>Docker's daemon. Source: dockerd's reference; a setting may be in the file or on the command line, never in both.</summary>
internal sealed class DockerReader : RuntimeReader
{
    private const string Socket = "/var/run/docker.sock";
    private const string Unix = "unix://";

    // Flags that may be repeated have the plural in the file.
    private static readonly Dictionary<string, string> Plurals = new(StringComparer.Ordinal)
    {
        ["host"] = "hosts",
        ["H"] = "hosts",
        ["insecure-registry"] = "insecure-registries",
        ["registry-mirror"] = "registry-mirrors",
        ["authorization-plugin"] = "authorization-plugins",
        ["dns"] = "dns",
    };

    public override string Name => "docker";

    public override string Program => "dockerd";

    public override RuntimeFacts Read(SensorRun run, HostProcess? process)
    {
        var facts = new RuntimeFacts();
        IReadOnlyList<ProgramFlag> flags = Flags(process);
        string file = flags.LastOrDefault(flag => flag.Name == "config-file")?.Value ?? "/etc/docker/daemon.json";
        if (run.Root.Exists(file))
        {
            facts.Files.Add(file);
            ConfigNode? config = run.Parse(file, ConfigText.ParseYamlOrJson);
            SetAll(facts.Settings, config, file);
            facts.InsecureRegistries.UnionWith(config?["insecure-registries"]?.Texts ?? []);
            facts.Sockets.AddRange((config?["hosts"]?.Texts ?? []).Where(host => host.StartsWith(Unix, StringComparison.Ordinal)).Select(host => host[Unix.Length..]));
        }

        foreach (IGrouping<string, ProgramFlag> same in flags.GroupBy(flag => Plurals.GetValueOrDefault(flag.Name, flag.Name), StringComparer.Ordinal))
        {
            facts.Settings.Set(same.Key, Plurals.ContainsValue(same.Key) ? same.Select(flag => flag.Value).ToArray() : same.Last().Typed(), ProgramFlag.CommandLine);
        }

        facts.InsecureRegistries.UnionWith(flags.Where(flag => flag.Name == "insecure-registry").Select(flag => flag.Value));
        facts.Sockets.AddRange(flags.Where(flag => flag.Name is "host" or "H" && flag.Value.StartsWith(Unix, StringComparison.Ordinal)).Select(flag => flag.Value[Unix.Length..]));
        if (facts.Sockets.Count == 0)
        {
            facts.Sockets.Add(Socket);
        }

        return facts;
    }
}
