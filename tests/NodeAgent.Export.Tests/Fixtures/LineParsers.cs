// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A line of CEF as a receiver reads it: bars and backslashes are escaped in the header, equal signs and backslashes in values.</summary>
internal sealed partial record CefLine(string[] Header, IReadOnlyDictionary<string, string> Extension)
{
    public static CefLine Parse(string line)
    {
        string[] parts = HeaderParts().Split(line, 8);
        Assert.Equal(8, parts.Length);
        Assert.Equal("CEF:0", parts[0]);
        var extension = new Dictionary<string, string>(StringComparer.Ordinal);
        Match[] keys = [.. Keys().Matches(parts[7]).Cast<Match>()];
        for (int at = 0; at < keys.Length; at++)
        {
            int start = keys[at].Index + keys[at].Length;
            int end = at + 1 < keys.Length ? keys[at + 1].Index : parts[7].Length;
            extension.Add(keys[at].Groups[1].Value, Unescape(parts[7][start..end]));
        }

        return new CefLine([.. parts[..7].Select(Unescape)], extension);
    }

    private static string Unescape(string text) => Regex.Replace(text, @"\\(.)", match => match.Groups[1].Value);

    [GeneratedRegex(@"(?<=(?<!\\)(?:\\\\)*)\|")]
    private static partial Regex HeaderParts();

    [GeneratedRegex(@"(?:^| )([A-Za-z0-9]+)(?<=(?<!\\)(?:\\\\)*)=")]
    private static partial Regex Keys();
}

/// <summary>A line of LEEF 2.0.</summary>
internal sealed record LeefLine(string[] Header, IReadOnlyDictionary<string, string> Attributes)
{
    public static LeefLine Parse(string line)
    {
        string[] parts = line.Split('|', 7);
        Assert.Equal("LEEF:2.0", parts[0]);
        Assert.Equal("x09", parts[5]);
        return new LeefLine(parts[..5], parts[6].Split('\t').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));
    }
}

/// <summary>A message of RFC 5424, by its grammar.</summary>
internal sealed record Syslog5424(int Priority, string Time, string Host, string App, string ProcessId, string MessageId, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Data, string Message)
{
    public static Syslog5424 Parse(string text)
    {
        Match header = Regex.Match(text, @"^<(\d{1,3})>1 (\S{1,32}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) ");
        Assert.True(header.Success, text);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$", header.Groups[2].Value);
        int at = header.Length;
        var data = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        while (text[at] == '[')
        {
            at = ReadElement(text, at + 1, data);
        }

        Assert.Equal(' ', text[at]);
        return new Syslog5424(
            int.Parse(header.Groups[1].Value, CultureInfo.InvariantCulture), header.Groups[2].Value, header.Groups[3].Value, header.Groups[4].Value, header.Groups[5].Value, header.Groups[6].Value, data, text[(at + 1)..]);
    }

    private static int ReadElement(string text, int at, Dictionary<string, IReadOnlyDictionary<string, string>> data)
    {
        int end = text.IndexOfAny([' ', ']'], at);
        string id = text[at..end];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        at = end;
        while (text[at] == ' ')
        {
            int equals = text.IndexOf('=', at);
            string name = text[(at + 1)..equals];
            Assert.Equal('"', text[equals + 1]);
            at = equals + 2;
            var value = new StringBuilder();
            while (text[at] != '"')
            {
                at += text[at] == '\\' ? 1 : 0;
                value.Append(text[at++]);
            }

            values.Add(name, value.ToString());
            at++;
        }

        Assert.Equal(']', text[at]);
        data.Add(id, values);
        return at + 1;
    }
}
