// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>A text of the operator's in which <c>{{field}}</c> stands for a field of the alert, escaped as the content of a JSON string.</summary>
public sealed class TemplateFormat : IAlertFormat
{
    private readonly List<(string Text, string? Field)> _parts = [];

    /// <exception cref="FormatException">A field is not known, or a bracket is not closed.</exception>
    public TemplateFormat(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        int at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                throw new FormatException("a '{{' without its '}}'");
            }

            string field = template[(open + 2)..close].Trim();
            if (!AlertFields.IsKnown(field))
            {
                throw new FormatException($"'{field}' is no field of an alert; there are {string.Join(", ", AlertFields.Names)}");
            }

            _parts.Add((template[at..open], field));
            at = close + 2;
        }

        _parts.Add((template[at..], null));
    }

    public string Name => "template";

    public string Schema => "the operator's";

    public bool IsJson => true;

    /// <exception cref="FormatException">It is not JSON, whatever stands in the fields.</exception>
    public void CheckJson()
    {
        string sample = string.Concat(_parts.Select(part => part.Text + (part.Field is null ? string.Empty : "1")));
        try
        {
            JsonDocument.Parse(sample).Dispose();
        }
        catch (JsonException error)
        {
            throw new FormatException($"it is no JSON with its fields filled in: {error.Message}");
        }
    }

    public void Write(RuntimeAlerts envelope, IBufferWriter<byte> output)
    {
        foreach ((string text, string? field) in _parts)
        {
            output.Write(text);
            if (field is not null)
            {
                output.Write(Encoding.UTF8.GetBytes(AlertJson.WriterOptions.Encoder!.Encode(AlertFields.Read(field, envelope))));
            }
        }
    }
}
