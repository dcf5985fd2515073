// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Configuration;

/// <summary>A mapping of the configuration file that is read by name: one item of a list of settings.</summary>
/// <remarks>Errors: <see cref="ConfigurationException"/> that names the key and the line; so are keys that nobody read, once <see cref="Done"/> is called.</remarks>
public sealed class SettingSection
{
    private readonly YamlMappingNode _node;
    private readonly string _file;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    internal SettingSection(YamlMappingNode node, string key, string file)
    {
        _node = node;
        Key = key;
        _file = file;
    }

    /// <summary>Shape: <c>alerts.sinks[0]</c>.</summary>
    public string Key { get; }

    public bool Has(string name) => Find(name) is not null;

    /// <returns>Null where the key is missing.</returns>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        YamlScalarNode { Value: { Length: > 0 } value } => value,
        { } other => throw Fault(name, "expected a text", other),
    };

    public string RequiredText(string name) => Text(name) ?? throw Fault(name, "is missing");

    /// <param name="parse">Throws <see cref="FormatException"/> with the reason.</param>
    public T Read<T>(string name, T fallback, Func<string, T> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        try
        {
            return parse(text);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw Fault(name, error.Message);
        }
    }

    /// <summary>A list of texts, or one text.</summary>
    public IReadOnlyList<string> Texts(string name) => Find(name) switch
    {
        null => [],
        YamlScalarNode { Value: { Length: > 0 } value } => [value],
        YamlSequenceNode list when list.Children.All(child => child is YamlScalarNode { Value.Length: > 0 }) => [.. list.Children.Select(child => ((YamlScalarNode)child).Value!)],
        { } other => throw Fault(name, "expected a list of texts", other),
    };

    /// <summary>Texts by names that are the writer's own.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (Find(name))
        {
            case null:
                return map;
            case YamlMappingNode mapping:
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { Length: > 0 } keyText } || value is not YamlScalarNode { Value: { } valueText })
                    {
                        throw Fault(name, "expected names with texts", value);
                    }

                    map[keyText] = valueText;
                }

                return map;
            case { } other:
                throw Fault(name, "expected names with texts", other);
        }
    }

    /// <returns>Null where the key is missing.</returns>
    public SettingSection? Section(string name) => Find(name) switch
    {
        null => null,
        YamlMappingNode mapping => new SettingSection(mapping, $"{Key}.{name}", _file),
        { } other => throw Fault(name, "expected a mapping", other),
    };

    /// <summary>Every key has been asked for: one that is there and was not is a mistake.</summary>
    public void Done()
    {
        foreach (YamlNode key in _node.Children.Keys)
        {
            string name = (key as YamlScalarNode)?.Value ?? "?";
            if (!_read.Contains(name))
            {
                throw new ConfigurationException($"unknown setting '{Key}.{name}' ({_file}, line {key.Start.Line}); there are {string.Join(", ", _read.Order(StringComparer.Ordinal))}");
            }
        }
    }

    /// <param name="name">The key at fault; empty = the section itself.</param>
    public ConfigurationException Fault(string name, string problem) => Fault(name, problem, Find(name) ?? _node);

    private ConfigurationException Fault(string name, string problem, YamlNode at) =>
        new($"setting '{(name.Length == 0 ? Key : $"{Key}.{name}")}' ({_file}, line {at.Start.Line}): {problem}");

    private YamlNode? Find(string name)
    {
        _read.Add(name);
        return _node.Children.TryGetValue(new YamlScalarNode(name), out YamlNode? value) && value is not YamlScalarNode { Value: null or "" } ? value : null;
    }
}
