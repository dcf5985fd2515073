// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>A component that the kubelet starts from a manifest on the node. Source: Kubernetes Pod v1.</summary>
/// <param name="Path">Of the manifest.</param>
/// <param name="Words">Shape: the program and its arguments, with their lines.</param>
/// <param name="Variables">The environment's, for what reads its flags from there; may hold secrets.</param>
/// <param name="Mounts">Shape: path in the container → path on the node.</param>
internal sealed record StaticPod(
    string Path, IReadOnlyList<(string Text, int? Line)> Words, IReadOnlyDictionary<string, (string Value, int Line)> Variables, IReadOnlyDictionary<string, string> Mounts)
{
    private const int MaxManifests = 64;

    private static readonly string[] Folders =
        ["/etc/kubernetes/manifests", "/var/lib/rancher/rke2/agent/pod-manifests", "/etc/kubernetes/static-pods", "/var/lib/rancher/k3s/agent/pod-manifests"];

    public IReadOnlyList<ProgramFlag> Flags => ProgramFlag.Parse([.. Words.Skip(1)], Path);

    /// <summary>Where on the node a file is that the container sees.</summary>
    /// <returns>Null when it is in no volume of the node: then it is in the image.</returns>
    public string? OnNode(string path)
    {
        string? mount = Mounts.Keys
            .Where(mount => path == mount || (path.StartsWith(mount, StringComparison.Ordinal) && (mount.EndsWith('/') || path[mount.Length] == '/')))
            .MaxBy(mount => mount.Length);
        if (mount is null)
        {
            return null;
        }

        string below = path[mount.Length..].Trim('/');
        return below.Length == 0 ? Mounts[mount] : $"{Mounts[mount].TrimEnd('/')}/{below}";
    }

    /// <summary>Those of the component, sorted by path.</summary>
    /// <param name="program">Shape: <c>kube-apiserver</c>.</param>
    public static StaticPod? Find(SensorRun run, IReadOnlyList<(string Path, ConfigNode Manifest)> manifests, string program)
    {
        foreach ((string path, ConfigNode manifest) in manifests)
        {
            foreach (ConfigNode container in manifest.At("spec", "containers")?.Items ?? [])
            {
                if (WordsFrom(container, program) is { Length: > 0 } words)
                {
                    return new StaticPod(path, words, VariablesOf(container), MountsOf(manifest, container));
                }
            }
        }

        return null;
    }

    /// <summary>The manifests of the node that can be read.</summary>
    public static IReadOnlyList<(string Path, ConfigNode Manifest)> ReadAll(SensorRun run)
    {
        var found = new List<(string, ConfigNode)>();
        foreach (string path in Folders.SelectMany(folder => run.Files(folder, MaxManifests, ".yaml", ".yml", ".json", ".manifest")))
        {
            if (run.Parse(path, ConfigText.ParseYamlOrJson) is { } manifest)
            {
                found.Add((path, manifest));
            }
        }

        return found;
    }

    // The program is the first word of the command, or stands within what a shell is to run.
    private static (string Text, int? Line)[] WordsFrom(ConfigNode container, string program)
    {
        IEnumerable<ConfigNode> arguments = [.. container["command"]?.Items ?? [], .. container["args"]?.Items ?? []];
        (string Text, int? Line)[] words = [.. arguments.Where(argument => argument.Text is not null).Select(argument => (argument.Text!, (int?)argument.Line))];
        if (Array.FindIndex(words, word => word.Text is "-c") is >= 0 and int shell && shell + 1 < words.Length)
        {
            (string text, int? line) = words[shell + 1];
            words = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => (word.Trim('"', '\''), line))];
        }

        int start = Array.FindIndex(words, word => word.Text == program || word.Text.EndsWith('/' + program, StringComparison.Ordinal));
        return start < 0 ? [] : words[start..];
    }

    private static Dictionary<string, (string, int)> VariablesOf(ConfigNode container)
    {
        var variables = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        foreach (ConfigNode variable in container["env"]?.Items ?? [])
        {
            if (variable["name"]?.Text is { } name && variable["value"] is { Text: { } value } node)
            {
                variables[name] = (value, node.Line);
            }
        }

        return variables;
    }

    private static Dictionary<string, string> MountsOf(ConfigNode manifest, ConfigNode container)
    {
        var volumes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ConfigNode volume in manifest.At("spec", "volumes")?.Items ?? [])
        {
            if (volume["name"]?.Text is { } name && volume.At("hostPath", "path")?.Text is { } path)
            {
                volumes[name] = path;
            }
        }

        var mounts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ConfigNode mount in container["volumeMounts"]?.Items ?? [])
        {
            if (mount["name"]?.Text is { } name && mount["mountPath"]?.Text is { Length: > 0 } at && volumes.TryGetValue(name, out string? path))
            {
                mounts[at] = mount["subPath"]?.Text is { } below ? $"{path.TrimEnd('/')}/{below}" : path;
            }
        }

        return mounts;
    }
}
