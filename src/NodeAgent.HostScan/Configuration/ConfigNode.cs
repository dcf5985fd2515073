// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Configuration;

/// <summary>A value of a configuration file, whatever its format, with the line where it stands.</summary>
/// <param name="line">From 1.</param>
public sealed class ConfigNode(int line)
{
    private Dictionary<string, ConfigNode>? _members;
    private List<ConfigNode>? _items;

    public int Line => line;

    /// <summary>Null when it is a map, a list, or null.</summary>
    public object? Scalar { get; private init; }

    public bool IsMap => _members is not null;

    public bool IsList => _items is not null;

    public bool IsNull => Scalar is null && !IsMap && !IsList;

    /// <summary>In the order of the file. Empty when it is no map.</summary>
    public IEnumerable<KeyValuePair<string, ConfigNode>> Members => _members ?? [];

    /// <summary>Empty when it is no list.</summary>
    public IReadOnlyList<ConfigNode> Items => _items ?? [];

    /// <summary>Shape: what was written, without quotes; numbers and booleans as JSON has them. Null when it is no scalar.</summary>
    public string? Text => Scalar switch
    {
        null => null,
        bool value => value ? "true" : "false",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)Scalar,
    };

    /// <returns>Null when there is no such member, or it is null.</returns>
    public ConfigNode? this[string name] => _members is not null && _members.TryGetValue(name, out ConfigNode? member) && !member.IsNull ? member : null;

    /// <summary>A member of a member.</summary>
    public ConfigNode? At(params ReadOnlySpan<string> path)
    {
        ConfigNode? node = this;
        foreach (string name in path)
        {
            node = node?[name];
        }

        return node;
    }

    /// <summary>Its items' texts, or its own when it is a scalar.</summary>
    public IReadOnlyList<string> Texts => Text is { } text ? [text] : [.. Items.Select(item => item.Text).OfType<string>()];

    internal static ConfigNode Map(int line) => new(line) { _members = new Dictionary<string, ConfigNode>(StringComparer.Ordinal) };

    internal static ConfigNode List(int line) => new(line) { _items = [] };

    /// <param name="value">string, bool, long, double or null.</param>
    internal static ConfigNode Of(int line, object? value) => new(line) { Scalar = value };

    /// <summary>The later of two of the same name counts, as it does for most readers.</summary>
    internal void Set(string name, ConfigNode value) => _members![name] = value;

    internal void Add(ConfigNode item) => _items!.Add(item);

    /// <summary>Writes it without secrets.</summary>
    /// <param name="name">Of the member that it is; what a map of secrets holds is one, whatever its own name.</param>
    internal void Write(Utf8JsonWriter json, string name = "")
    {
        if (IsMap)
        {
            json.WriteStartObject();
            foreach ((string key, ConfigNode value) in Members)
            {
                json.WritePropertyName(key);
                value.Write(json, Redaction.HoldsSecrets(name) ? name : key);
            }

            json.WriteEndObject();
        }
        else if (IsList)
        {
            json.WriteStartArray();
            foreach (ConfigNode item in Items)
            {
                item.Write(json, name);
            }

            json.WriteEndArray();
        }
        else
        {
            WriteScalar(json, name);
        }
    }

    private void WriteScalar(Utf8JsonWriter json, string name)
    {
        string? text = Text;
        if (text is not null && Redaction.Value(name, text) is var told && told != text)
        {
            json.WriteStringValue(told);
            return;
        }

        switch (Scalar)
        {
            case null: json.WriteNullValue(); break;
            case bool value: json.WriteBooleanValue(value); break;
            case long value: json.WriteNumberValue(value); break;
            case double value: json.WriteNumberValue(value); break;
            default: json.WriteStringValue(text); break;
        }
    }
}
