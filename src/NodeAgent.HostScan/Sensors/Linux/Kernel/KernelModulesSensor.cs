// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Kernel;

/// <summary>Which modules are loaded, and which may not be. Source: proc_modules(5), Documentation/admin-guide/tainted-kernels, modprobe.d(5).</summary>
internal sealed class KernelModulesSensor() : HostSensor<KernelModulesSpec>(HostDataJsonContext.Readable.KernelModulesSpec)
{
    private const string List = "/proc/modules";
    private const int MaxModules = 4096;
    private const int MaxFiles = 512;

    // In this order a file hides one of the same name in the folders after it.
    private static readonly string[] ConfigurationFolders = ["/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"];

    public override string Kind => "KernelModules";

    public override string Variable => "modules";

    protected override KernelModulesSpec? Read(SensorRun run)
    {
        HostFileBytes list = run.Read(List);
        if (list.Problem is not (ReadProblem.None or ReadProblem.Missing))
        {
            return null;
        }

        // The parameter is there if the kernel was built to look at signatures.
        bool looksAtSignatures = run.Root.Exists("/sys/module/module/parameters/sig_enforce");
        var modules = new List<KernelModule>();
        foreach (string line in list.IsRead ? list.Lines : [])
        {
            if (line.Length > 0 && Parse(line, looksAtSignatures) is { } module)
            {
                modules.Add(module);
            }
            else if (line.Length > 0 && !list.IsCut)
            {
                run.Problem($"{List}: a row that is no module");
            }
        }

        modules.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        if (modules.Count > MaxModules)
        {
            run.Problem($"{modules.Count} modules, only {MaxModules} are told");
            modules.RemoveRange(MaxModules, modules.Count - MaxModules);
        }

        return new KernelModulesSpec { Loadable = list.IsRead, Modules = modules, Disabled = Setting.Sorted(Disabled(run)), NodeName = run.NodeName };
    }

    // Shape: NAME SIZE REFERENCES USERS STATE ADDRESS (TAINTS).
    private static KernelModule? Parse(string line, bool looksAtSignatures)
    {
        string[] fields = line.Split(' ');
        if (fields.Length < 6 || fields[0].Length == 0 || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            return null;
        }

        string taints = fields.Length > 6 && fields[6].StartsWith('(') ? fields[6].Trim('(', ')', '+', '-') : string.Empty;
        return new KernelModule
        {
            Name = fields[0],
            SizeBytes = size,
            Taints = taints.Length > 0 ? taints : null,
            Signed = looksAtSignatures ? !taints.Contains('E', StringComparison.Ordinal) : null,
        };
    }

    private static List<HostSetting> Disabled(SensorRun run)
    {
        var disabled = new List<HostSetting>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string folder in ConfigurationFolders)
        {
            foreach (string name in run.List(folder, MaxFiles).Where(name => name.EndsWith(".conf", StringComparison.Ordinal) && seen.Add(name)))
            {
                AddFile(run, $"{folder}/{name}", disabled);
            }
        }

        return disabled;
    }

    private static void AddFile(SensorRun run, string path, List<HostSetting> disabled)
    {
        string[] lines = run.Read(path, 256 << 10).Lines;
        for (int number = 1; number <= lines.Length; number++)
        {
            string[] words = lines[number - 1].Split((char[])[' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["blacklist", _, ..])
            {
                disabled.Add(Setting.Of(Normal(words[1]), "blacklist", path, number));
            }
            else if (words is ["install", _, _] && words[2].Trim() is "/bin/true" or "/bin/false" or "/usr/bin/true" or "/usr/bin/false")
            {
                disabled.Add(Setting.Of(Normal(words[1]), words[2].Trim(), path, number));
            }
        }
    }

    // The kernel writes underscores, whatever people write.
    private static string Normal(string module) => module.Replace('-', '_');
}
