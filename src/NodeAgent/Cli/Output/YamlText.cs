// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Cli.Output;

/// <summary>JSON as block YAML, keys in their order.</summary>
internal static class YamlText
{
    private const string DocumentEnd = "...\n";

    public static void Write(TextWriter writer, JsonNode node)
    {
        using var buffer = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(Convert(node))).Save(buffer, assignAnchors: false);
        string text = buffer.ToString();

        // The emitter ends a document with "...", which kubectl's output does not have.
        writer.Write(text.EndsWith(DocumentEnd, StringComparison.Ordinal) ? text[..^DocumentEnd.Length] : text);
    }

    private static YamlNode Convert(JsonNode? node) => node switch
    {
        null => new YamlScalarNode("null"),
        JsonObject { Count: 0 } => new YamlMappingNode { Style = YamlDotNet.Core.Events.MappingStyle.Flow },
        JsonArray { Count: 0 } => new YamlSequenceNode { Style = YamlDotNet.Core.Events.SequenceStyle.Flow },
        JsonObject o => new YamlMappingNode(o.Select(p => KeyValuePair.Create<YamlNode, YamlNode>(Text(p.Key), Convert(p.Value)))),
        JsonArray a => new YamlSequenceNode(a.Select(Convert)),
        JsonValue v when v.TryGetValue(out string? text) => Text(text),
        _ => new YamlScalarNode(node.ToJsonString()),
    };

    // A plain scalar that another reader would take for a number, a boolean or null needs quotes to stay text.
    private static YamlScalarNode Text(string text) =>
        new(text) { Style = LooksTyped(text) || text.Any(char.IsControl) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any };

    private static bool LooksTyped(string text) =>
        text.Length == 0
        || text.ToLowerInvariant() is "null" or "~" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or ".inf" or ".nan"
        || ((char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.')
            && (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || text.StartsWith("0x", StringComparison.Ordinal) || text.StartsWith("0o", StringComparison.Ordinal)
                || DateTime.TryParse(text, CultureInfo.InvariantCulture, out _)));
}
