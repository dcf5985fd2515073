// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NodeAgent.HostScan.Configuration;

/// <summary>Builds the tree from the parser's events, which do not recurse. Source: YAML 1.2.2.</summary>
internal sealed class YamlConfig
{
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, (ConfigNode Node, int Size, int Letters)> _anchors = [];
    private int _nodes;
    private int _letters;

    private YamlConfig(string text) => _parser = new Parser(new StringReader(text));

    public static ConfigNode? Parse(string text)
    {
        var reader = new YamlConfig(text);
        try
        {
            return reader.ReadFirst();
        }
        catch (YamlException e)
        {
            throw ConfigText.Bad((int)e.Start.Line, "is no YAML");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The scanner's answer to some texts at which it trips; it does not say where, so this is the last line that was understood.
            throw ConfigText.Bad((int)(reader._parser.Current?.Start.Line ?? 1), "is no YAML");
        }
    }

    private ConfigNode? ReadFirst()
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is NodeEvent or AnchorAlias && ReadNode(0) is { IsNull: false } node)
            {
                return node;
            }
        }

        return null;
    }

    private ConfigNode ReadNode(int depth, int? keyLine = null)
    {
        ParsingEvent current = _parser.Current!;
        // A value stands where its key does: that is the line to change.
        int line = keyLine ?? (int)current.Start.Line;
        if (depth > ConfigText.Deepest)
        {
            throw ConfigText.TooMuch(line);
        }

        Count(1, (current as Scalar)?.Value.Length ?? 0, line);

        if (current is AnchorAlias alias)
        {
            return Alias(alias, line);
        }

        (int nodes, int letters) = (_nodes - 1, _letters - ((current as Scalar)?.Value.Length ?? 0));
        ConfigNode node = current switch
        {
            MappingStart => ReadMap(line, depth),
            SequenceStart => ReadList(line, depth),
            Scalar scalar => ConfigNode.Of(line, Value(scalar)),
            _ => throw ConfigText.Bad(line, "is no YAML"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } named)
        {
            _anchors[named.Anchor] = (node, _nodes - nodes, _letters - letters);
        }

        return node;
    }

    // Names what is complete, so no node can hold itself; and what it names counts again, so that few lines cannot stand for millions of values.
    private ConfigNode Alias(AnchorAlias alias, int line)
    {
        if (!_anchors.TryGetValue(alias.Value, out (ConfigNode Node, int Size, int Letters) named))
        {
            throw ConfigText.Bad(line, "an alias of nothing");
        }

        Count(named.Size, named.Letters, line);
        return named.Node;
    }

    private void Count(int nodes, int letters, int line)
    {
        _nodes += nodes;
        _letters += letters;
        if (_nodes > ConfigText.MostNodes || _letters > ConfigText.MostLetters)
        {
            throw ConfigText.TooMuch(line);
        }
    }

    private ConfigNode ReadMap(int line, int depth)
    {
        ConfigNode map = ConfigNode.Map(line);
        while (Next() is not MappingEnd)
        {
            string name = _parser.Current is Scalar key ? key.Value : throw ConfigText.Bad((int)_parser.Current!.Start.Line, "a key must be text");
            int at = (int)key.Start.Line;
            Next();
            ConfigNode value = ReadNode(depth + 1, at);
            map.Set(name, value);
            if (name == "<<" && value.IsMap)
            {
                Merge(map, value);
            }
        }

        return map;
    }

    private static void Merge(ConfigNode map, ConfigNode merged)
    {
        foreach ((string name, ConfigNode value) in merged.Members)
        {
            if (map[name] is null)
            {
                map.Set(name, value);
            }
        }
    }

    private ConfigNode ReadList(int line, int depth)
    {
        ConfigNode list = ConfigNode.List(line);
        while (Next() is not SequenceEnd)
        {
            list.Add(ReadNode(depth + 1));
        }

        return list;
    }

    private ParsingEvent Next() => _parser.MoveNext() ? _parser.Current! : throw new FormatException("ends too early");

    // What has quotes is text; yes, no, on and off are booleans for the reader that Kubernetes has.
    private static object? Value(Scalar scalar)
    {
        string text = scalar.Value;
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
        {
            return text;
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
            _ when (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.') && text.AsSpan().ContainsAny('.', 'e', 'E')
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction) && double.IsFinite(fraction) => fraction,
            _ => text,
        };
    }
}
