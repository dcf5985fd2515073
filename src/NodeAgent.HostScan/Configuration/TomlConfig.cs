// SPDX-License-Identifier: Apache-2.0
using Tomlyn;
using Tomlyn.Parsing;

namespace NodeAgent.HostScan.Configuration;

/// <summary>Builds the tree from TOML. Source: TOML 1.0.</summary>
internal static class TomlConfig
{
    private static readonly TomlParserOptions Options = new() { Mode = TomlParserMode.Strict };

    public static ConfigNode Parse(string text)
    {
        try
        {
            TomlParser parser = TomlParser.Create(text, Options, null);
            return Read(parser);
        }
        catch (TomlException e)
        {
            throw e.Line is > 0 and int line ? ConfigText.Bad(line, "is no TOML") : new FormatException("is no TOML");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new FormatException("is no TOML");
        }
    }

    private static ConfigNode Read(TomlParser parser)
    {
        var open = new Stack<ConfigNode>();
        ConfigNode? root = null;
        (string Name, int Line) property = (string.Empty, 1);
        for (int nodes = 0; parser.MoveNext();)
        {
            if (++nodes > ConfigText.MostNodes)
            {
                throw ConfigText.TooMuch(property.Line);
            }

            switch (parser.Current.Kind)
            {
                case TomlParseEventKind.PropertyName:
                    property = (parser.GetPropertyName(), parser.Current.Line);
                    break;
                case TomlParseEventKind.StartTable or TomlParseEventKind.StartArray:
                    bool isTable = parser.Current.Kind == TomlParseEventKind.StartTable;
                    open.Push(open.Count == 0 ? root ??= ConfigNode.Map(1) : Open(open.Peek(), property, isTable));
                    break;
                case TomlParseEventKind.EndTable or TomlParseEventKind.EndArray:
                    open.Pop();
                    break;
                case TomlParseEventKind.StartDocument or TomlParseEventKind.EndDocument or TomlParseEventKind.None:
                    break;
                default:
                    Put(open.Peek(), property, ConfigNode.Of(property.Line, Scalar(parser)));
                    break;
            }
        }

        return root ?? ConfigNode.Map(1);
    }

    // A table may be opened again further down in the file, and has then more members.
    private static ConfigNode Open(ConfigNode parent, (string Name, int Line) property, bool isTable)
    {
        if (parent.IsMap && parent[property.Name] is { } known && known.IsMap == isTable && known.IsList != isTable)
        {
            return known;
        }

        ConfigNode made = isTable ? ConfigNode.Map(property.Line) : ConfigNode.List(property.Line);
        Put(parent, property, made);
        return made;
    }

    private static void Put(ConfigNode parent, (string Name, int Line) property, ConfigNode value)
    {
        if (parent.IsMap)
        {
            parent.Set(property.Name, value);
        }
        else
        {
            parent.Add(value);
        }
    }

    private static object? Scalar(TomlParser parser) => parser.Current.Kind switch
    {
        TomlParseEventKind.Boolean => parser.Current.GetBoolean(),
        TomlParseEventKind.Integer => parser.Current.GetInt64(),
        TomlParseEventKind.Float => double.IsFinite(parser.Current.GetDouble()) ? parser.Current.GetDouble() : "not a number",
        TomlParseEventKind.String => parser.GetString(),
        _ => parser.Current.GetTomlDateTime().ToString(),
    };
}
