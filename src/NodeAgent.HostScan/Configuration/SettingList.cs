// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Configuration;

/// <summary>Settings while they are gathered: what is set later is in force. Secrets are taken out on the way in.</summary>
public sealed class SettingList
{
    /// <summary>Above all fields and flags that any known program has.</summary>
    public const int Most = 2000;

    /// <summary>The source of what is set nowhere.</summary>
    public const string Default = "default";

    private const int LongestText = 4096;

    private readonly SortedDictionary<string, HostSetting> _settings = new(StringComparer.Ordinal);

    /// <summary>There were more than are told.</summary>
    public bool IsCut { get; private set; }

    public HostSetting? this[string key] => _settings.GetValueOrDefault(key);

    /// <summary>Sorted by key.</summary>
    public IReadOnlyList<HostSetting> All => [.. _settings.Values];

    /// <returns>Null when it is not set, or no text.</returns>
    public string? Text(string key) => _settings.GetValueOrDefault(key)?.Value is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <param name="value">Shape: string, bool, long, double, list of texts, or null (leaves it out).</param>
    public void Set(string key, object? value, string source, int? line = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (value is null)
        {
            return;
        }

        if (_settings.Count >= Most && !_settings.ContainsKey(key))
        {
            IsCut = true;
            return;
        }

        _settings[key] = new HostSetting { Key = key, Value = Json(writer => Write(writer, key, value)), Source = source, Line = line };
    }

    /// <summary>Every scalar and list below a node, under its path: maps are merged, lists replaced.</summary>
    /// <param name="path">Shape: <c>authentication.x509</c>; empty = the root.</param>
    public void SetAll(ConfigNode node, string source, string path = "")
    {
        ArgumentNullException.ThrowIfNull(node);
        SetAll(node, source, path, string.Empty);
    }

    public void Remove(string key) => _settings.Remove(key);

    private void SetAll(ConfigNode node, string source, string path, string parent)
    {
        foreach ((string member, ConfigNode value) in node.Members)
        {
            string name = Redaction.HoldsSecrets(parent) ? parent : member;
            string key = path.Length == 0 ? member : $"{path}.{member}";
            if (value.IsMap && value.Members.Any())
            {
                SetAll(value, source, key, name);
            }
            else if (value.IsMap || value.IsNull)
            {
                // A map without members, and null, change nothing.
            }
            else if (_settings.Count >= Most && !_settings.ContainsKey(key))
            {
                IsCut = true;
            }
            else
            {
                _settings[key] = new HostSetting { Key = key, Value = Json(writer => value.Write(writer, name)), Source = source, Line = value.Line };
            }
        }
    }

    private static void Write(Utf8JsonWriter writer, string key, object value)
    {
        switch (value)
        {
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case IEnumerable<string> texts:
                writer.WriteStartArray();
                foreach (string text in texts)
                {
                    writer.WriteStringValue(Told(key, text));
                }

                writer.WriteEndArray();
                break;
            default: writer.WriteStringValue(Told(key, Convert.ToString(value, CultureInfo.InvariantCulture)!)); break;
        }
    }

    private static string Told(string key, string text)
    {
        string told = Redaction.Value(key, text);
        return told.Length <= LongestText ? told : string.Concat(told.AsSpan(0, LongestText), "…");
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan, new JsonReaderOptions { MaxDepth = 2 * ConfigText.Deepest });
        return JsonElement.ParseValue(ref reader);
    }
}
