// SPDX-License-Identifier: Apache-2.0
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Kubernetes.Configuration;

/// <summary>A kubeconfig as it stands in its file.</summary>
internal sealed class KubeconfigDocument
{
    private const long MaxFileBytes = 4 << 20;

    private KubeconfigDocument(string path, YamlMappingNode root)
    {
        Path = path;
        Root = new KubeconfigNode(this, "(file)", root);
    }

    public string Path { get; }

    public KubeconfigNode Root { get; }

    public static KubeconfigDocument Load(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MaxFileBytes }
                ? throw new KubeConfigException($"{path}: larger than {MaxFileBytes} bytes")
                : Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{path}: {error.Message}", error);
        }
    }

    /// <param name="text">The file's content.</param>
    /// <param name="path">Where it stood: relative paths count from its folder.</param>
    public static KubeconfigDocument Parse(string text, string path)
    {
        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(text);
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? new KubeconfigDocument(path, root)
                : throw new KubeConfigException($"{path}: is no kubeconfig");
        }
        catch (Exception error) when (error is YamlException or ArgumentException or InvalidOperationException)
        {
            throw new KubeConfigException($"{path}: is no YAML: {error.Message}", error);
        }
    }

    public KubeConfigException Error(string problem) => new($"{Path}: {problem}");

    /// <summary>The entry of a list by its name, such as the cluster of that name; null when there is none.</summary>
    public KubeconfigNode? Named(string list, string name, string part)
    {
        foreach (KubeconfigNode entry in Root.Items(list))
        {
            if (entry.Text("name") == name && entry.Child(part) is { } found)
            {
                return found.At($"{list}[{name}].{part}");
            }
        }

        return null;
    }
}

/// <summary>One mapping of a kubeconfig.</summary>
internal sealed class KubeconfigNode(KubeconfigDocument file, string where, YamlMappingNode node)
{
    /// <summary>Shape: <c>clusters[lab].cluster</c>, for messages.</summary>
    public string Where { get; } = where;

    public KubeconfigNode At(string place) => new(file, place, node);

    public string? Text(string key) => Find(key) is YamlScalarNode { Value: { } value } scalar && !IsNull(scalar) ? value : null;

    public bool Flag(string key) => Text(key) is { } text && text.Equals("true", StringComparison.OrdinalIgnoreCase);

    public string Needed(string key) => Text(key) is { Length: > 0 } value ? value : throw file.Error($"{Where}.{key} is not set");

    public KubeconfigNode? Child(string key) => Find(key) is YamlMappingNode child ? new KubeconfigNode(file, $"{Where}.{key}", child) : null;

    public IEnumerable<KubeconfigNode> Items(string key) =>
        Find(key) is YamlSequenceNode items
            ? items.OfType<YamlMappingNode>().Select(item => new KubeconfigNode(file, $"{Where}.{key}", item))
            : [];

    public IReadOnlyList<string> Texts(string key) =>
        Find(key) is YamlSequenceNode items ? [.. items.OfType<YamlScalarNode>().Select(item => item.Value ?? string.Empty)] : [];

    /// <summary>An absolute path, whatever it was relative to.</summary>
    public string? Path(string key) => Text(key) is { Length: > 0 } path ? Beside(path) : null;

    public string Beside(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file.Path))!);

    /// <summary>The text that stands there as base64.</summary>
    public string? Data(string key)
    {
        try
        {
            return Text(key) is { Length: > 0 } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;
        }
        catch (FormatException error)
        {
            throw new KubeConfigException($"{file.Path}: {Where}.{key}: {error.Message}", error);
        }
    }

    public KubeConfigException Error(string key, string problem) => file.Error($"{Where}.{key} {problem}");

    private YamlNode? Find(string key) => node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
}
