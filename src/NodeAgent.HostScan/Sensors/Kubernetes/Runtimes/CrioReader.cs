// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes.Runtimes;

/// <summary>CRI-O. Source: crio.conf(5), crio.conf.d(5), containers-registries.conf(5).</summary>
internal sealed class CrioReader : RuntimeReader
{
    private const string Registries = "/etc/containers/registries.conf";

    private static readonly string[] Mains = ["/usr/share/crio/crio.conf", "/etc/crio/crio.conf"];
    private static readonly string[] Folders = ["/usr/share/crio/crio.conf.d", "/etc/crio/crio.conf.d"];

    public override string Name => "crio";

    public override string Program => "crio";

    public override RuntimeFacts Read(SensorRun run, HostProcess? process)
    {
        var facts = new RuntimeFacts();
        IReadOnlyList<ProgramFlag> flags = Flags(process);
        string? given = flags.LastOrDefault(flag => flag.Name is "config" or "c")?.Value;
        string? folder = flags.LastOrDefault(flag => flag.Name is "config-dir" or "d")?.Value;
        IEnumerable<string> mains = given is null ? Mains : [given];
        IEnumerable<string> folders = folder is null ? Folders : [folder];
        foreach (string path in mains.Concat(folders.SelectMany(each => run.Files(each, MaxFiles, string.Empty))).Where(run.Root.Exists))
        {
            facts.Files.Add(path);
            if (run.Parse(path, ConfigText.ParseToml)?["crio"] is { } crio)
            {
                SetAll(facts.Settings, crio, path, "crio");
                facts.InsecureRegistries.UnionWith(crio.At("image", "insecure_registries")?.Texts ?? []);
            }
        }

        facts.Sockets.Add(facts.Settings.Text("crio.api.listen") ?? "/var/run/crio/crio.sock");
        if (facts.Files.Count > 0 || process is not null)
        {
            AddRegistries(run, facts);
        }

        return facts;
    }

    private static void AddRegistries(SensorRun run, RuntimeFacts facts)
    {
        foreach (string path in run.Files(Registries + ".d", MaxFiles, ".conf").Prepend(Registries).Where(run.Root.Exists))
        {
            facts.Files.Add(path);
            foreach (ConfigNode registry in run.Parse(path, ConfigText.ParseToml)?["registry"]?.Items ?? [])
            {
                if (registry["insecure"]?.Scalar is true && (registry["location"] ?? registry["prefix"])?.Text is { } name)
                {
                    facts.InsecureRegistries.Add(name);
                }
            }
        }
    }
}
