// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Kernel;

/// <summary>The kernel's settings: all of /proc/sys/kernel, and of the rest what hardening looks at. Source: proc_sys(5), sysctl(8).</summary>
internal sealed class KernelVariablesSensor() : HostSensor<LinuxKernelVariablesSpec>(HostDataJsonContext.Readable.LinuxKernelVariablesSpec)
{
    private const string Folder = "/proc/sys/";
    private const int MaxVariables = 4096;
    private const int MaxDepth = 8;
    private const int MaxValueBytes = 4096;

    public override string Kind => "LinuxKernelVariables";

    public override string Variable => "sysctl";

    protected override LinuxKernelVariablesSpec? Read(SensorRun run)
    {
        if (!run.Root.Exists(Folder + "kernel"))
        {
            run.Problem("/proc/sys/kernel is not there");
            return null;
        }

        var foreign = KernelVariableChoice.Namespaces.Where(type => IsForeign(run.Root, type)).ToHashSet(StringComparer.Ordinal);
        foreach (string type in foreign)
        {
            run.Problem($"variables of the {type} namespace are left out: those that can be read here are not the host's, since the scanner runs in a namespace of its own");
        }

        var variables = new List<KernelVariable>();
        Walk(run, "kernel", 0, foreign, variables);
        foreach (string name in KernelVariableChoice.Others)
        {
            Add(run, name, foreign, variables);
        }

        variables.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        return new LinuxKernelVariablesSpec { KernelVariables = variables, NodeName = run.NodeName };
    }

    private static void Walk(SensorRun run, string name, int depth, HashSet<string> foreign, List<KernelVariable> variables)
    {
        foreach (string entry in run.List(Folder + name))
        {
            run.Stop.ThrowIfCancellationRequested();
            string path = $"{name}/{entry}";
            if (run.Root.TryGetFacts(Folder + path, out FileFacts facts, follow: false) != ReadProblem.None)
            {
                continue;
            }

            if (facts.IsDirectory && depth < MaxDepth)
            {
                Walk(run, path, depth + 1, foreign, variables);
            }
            // What nobody may read is a switch and has no value.
            else if (facts.IsRegular && (facts.Permissions & 0b100_100_100) != 0)
            {
                Add(run, path, foreign, variables);
            }
        }
    }

    private static void Add(SensorRun run, string path, HashSet<string> foreign, List<KernelVariable> variables)
    {
        // A name may hold dots itself (an interface's): sysctl writes slashes for them.
        string key = string.Join('.', path.Split('/').Select(part => part.Replace('.', '/')));
        if (KernelVariableChoice.IsVolatile(key) || (KernelVariableChoice.NamespaceOf(key) is { } type && foreign.Contains(type)))
        {
            return;
        }

        if (variables.Count == MaxVariables)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"more than {MaxVariables} kernel variables, the rest was not read"));
            return;
        }

        if (run.Read(Folder + path, MaxValueBytes) is { IsRead: true } file)
        {
            variables.Add(new KernelVariable { Key = key, Value = file.Text.TrimEnd('\n'), Source = Folder + path });
        }
    }

    private static bool IsForeign(HostRoot root, string type)
    {
        if (root.ReadLink("/proc/1/ns/" + type) is { } host && root.ReadLink("/proc/self/ns/" + type) is { } own)
        {
            return host != own;
        }

        return type == "net" && NetworkNamespaceFiles.Of(root, 1) is > 0 and var files && NetworkNamespaceFiles.Of(root, "self") is > 0 and var ours && files != ours;
    }
}
