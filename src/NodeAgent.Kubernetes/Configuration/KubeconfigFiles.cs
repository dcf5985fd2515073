// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Configuration;

/// <summary>One kubeconfig, or several that are read as one: whatever is in more than one of them, the first one says.</summary>
/// <remarks>Source: kubectl, "The KUBECONFIG environment variable": files of the list that are not there are passed over.</remarks>
internal sealed class KubeconfigFiles(IReadOnlyList<KubeconfigDocument> files)
{
    /// <param name="paths">Shape: one file, or several with colons between them.</param>
    public static KubeconfigFiles Load(string paths)
    {
        string[] each = [.. paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        KubeconfigDocument[] found = [.. each.Where(path => each.Length == 1 || File.Exists(path)).Select(KubeconfigDocument.Load)];
        return found.Length != 0 ? new KubeconfigFiles(found) : throw new KubeConfigException($"{paths}: none of these files is there");
    }

    public string? CurrentContext => files.Select(file => file.Root.Text("current-context")).FirstOrDefault(name => !string.IsNullOrEmpty(name));

    /// <summary>The entry of a list by its name, with the file that it stands in.</summary>
    public KubeconfigNode Named(string list, string name, string part) =>
        files.Select(file => file.Named(list, name, part)).FirstOrDefault(found => found is not null) ?? throw Error($"{list} holds no '{name}'");

    public KubeConfigException Error(string problem) => new($"{string.Join(Path.PathSeparator, files.Select(file => file.Path))}: {problem}");
}
