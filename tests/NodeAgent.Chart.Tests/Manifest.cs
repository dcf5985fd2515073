// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

/// <summary>A rendered chart: its text, and its objects to ask by path.</summary>
internal sealed class Manifest
{
    private readonly List<YamlMappingNode> _objects;

    private Manifest(string text, List<YamlMappingNode> objects)
    {
        Text = text;
        _objects = objects;
    }

    public string Text { get; }

    /// <summary>Shape: <c>Kind/name</c>, in the order of the text.</summary>
    public IReadOnlyList<string> Names => [.. _objects.Select(o => $"{Scalar(o, "kind")}/{Scalar(o, "metadata.name")}")];

    public static Manifest Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return new Manifest(text, [.. stream.Documents.Select(d => d.RootNode).OfType<YamlMappingNode>()]);
    }

    public YamlMappingNode Object(string kind) => _objects.Single(o => Scalar(o, "kind") == kind);

    public YamlMappingNode Object(string kind, string name) => _objects.Single(o => Scalar(o, "kind") == kind && Scalar(o, "metadata.name") == name);

    public IReadOnlyList<YamlMappingNode> All(string kind) => [.. _objects.Where(o => Scalar(o, "kind") == kind)];

    public bool Has(string kind) => _objects.Any(o => Scalar(o, "kind") == kind);

    public YamlMappingNode PodSpec => (YamlMappingNode)At(Object("DaemonSet"), "spec.template.spec")!;

    public YamlMappingNode Container => (YamlMappingNode)At(PodSpec, "containers.0")!;

    /// <summary>The node at a path of keys and indexes, or null.</summary>
    public static YamlNode? At(YamlNode? node, string path)
    {
        foreach (string part in path.Split('.'))
        {
            node = node switch
            {
                YamlMappingNode map => map.Children.TryGetValue(new YamlScalarNode(part), out YamlNode? value) ? value : null,
                YamlSequenceNode list => list.Children.ElementAtOrDefault(int.Parse(part, CultureInfo.InvariantCulture)),
                _ => null,
            };
        }

        return node;
    }

    public static string? Scalar(YamlNode? node, string path) => (At(node, path) as YamlScalarNode)?.Value;

    /// <summary>The text behind a key of a map, which may hold dots; null when it is not there.</summary>
    public static string? Value(YamlNode? node, string path, string key) =>
        (At(node, path) as YamlMappingNode)?.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) == true ? ((YamlScalarNode)value).Value : null;

    public static IReadOnlyDictionary<string, string> Map(YamlNode? node, string path) =>
        (At(node, path) as YamlMappingNode ?? []).Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString());

    public static string[] List(YamlNode? node, string path) =>
        [.. (At(node, path) as YamlSequenceNode ?? []).Children.Select(child => ((YamlScalarNode)child).Value!)];
}
