// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Text;
using NodeAgent.HostScan.Checks.Expressions;

namespace NodeAgent.HostScan.Checks.Evaluation;

/// <summary>Values of documents as rows of evidence: bounded, whatever a host holds.</summary>
internal static class EvidenceText
{
    private const int MaxRows = 20;
    private const int MaxLength = 400;
    private const int MaxParts = 50;
    private const int MaxDepth = 3;

    public static string Cut(string text) => text.Length <= MaxLength ? text : string.Concat(CutText.Start(text, MaxLength), "…");

    /// <summary>One row for a setting, a file or a value; for a list of settings or files one for each.</summary>
    public static void Add(List<EvidenceRow> rows, in CelValue found, string wanted)
    {
        if (found.Kind != CelKind.List || found.List.Count == 0 || found.List[0].Kind != CelKind.Map)
        {
            rows.Add(Row(found, wanted));
            return;
        }

        for (int i = 0; i < Math.Min(found.List.Count, MaxRows); i++)
        {
            rows.Add(Row(found.List[i], wanted));
        }

        if (found.List.Count > MaxRows)
        {
            rows.Add(new EvidenceRow(null, null, string.Create(CultureInfo.InvariantCulture, $"and {found.List.Count - MaxRows} more"), wanted));
        }
    }

    private static EvidenceRow Row(in CelValue found, string wanted)
    {
        if (found.Kind != CelKind.Map)
        {
            string text = found.Kind == CelKind.Null ? "not set" : found.Kind == CelKind.List && found.List.Count == 0 ? "none" : Cut(Text(found, MaxDepth));
            return new EvidenceRow(null, null, text.Length == 0 ? "empty" : text, wanted);
        }

        string? source = Place(found, "source") ?? Place(found, "path");
        int? line = FileFunctions.TryMember(found, "line", out CelValue number) && number.Kind == CelKind.Int && number.Int is > 0 and <= int.MaxValue ? (int)number.Int : null;
        return new EvidenceRow(source, source is null ? null : line, Cut(OfMap(found)), wanted);
    }

    private static string? Place(in CelValue found, string member) =>
        FileFunctions.TryMember(found, member, out CelValue place) && place.Kind == CelKind.String && place.Text.Length > 0 ? Cut(place.Text.ToString()) : null;

    private static string OfMap(in CelValue found)
    {
        string key = FileFunctions.TryMember(found, "key", out CelValue name) && name.Kind == CelKind.String ? $"{name.Text} = " : string.Empty;
        if (FileFunctions.TryMember(found, "value", out CelValue value))
        {
            return key + Text(value, MaxDepth);
        }

        if (key.Length > 0)
        {
            return key + "(no value)";
        }

        return FileFunctions.TryMember(found, "permissions", out CelValue mode) && mode.Kind == CelKind.Int ? OfFile(found, mode.Int) : Text(found, MaxDepth);
    }

    private static string OfFile(in CelValue file, long mode)
    {
        string octal = "mode " + Convert.ToString(mode & 0xFFF, 8).PadLeft(4, '0');
        if (!FileFunctions.TryMember(file, "ownership", out CelValue owner))
        {
            return octal;
        }

        return $"{octal}, owner {Name(owner, "username", "uid")}:{Name(owner, "groupname", "gid")}";
    }

    private static string Name(in CelValue owner, string name, string number) =>
        FileFunctions.TryMember(owner, name, out CelValue found) || FileFunctions.TryMember(owner, number, out found) ? Text(found, 1) : "?";

    private static string Text(in CelValue value, int depth) => value.Kind switch
    {
        CelKind.Null => "null",
        CelKind.String => value.Text.Length > MaxLength * 4 ? value.Text.Slice(0, MaxLength * 4).ToString() : value.Text.ToString(),
        CelKind.List when depth > 0 => string.Join(", ", Parts(value.List, depth)),
        CelKind.Map when depth > 0 => string.Join(", ", Parts(value.Map, depth)),
        CelKind.List or CelKind.Map => "…",
        CelKind.Bool => value.Bool ? "true" : "false",
        _ => value.ToString(),
    };

    private static IEnumerable<string> Parts(CelList list, int depth)
    {
        for (int i = 0; i < Math.Min(list.Count, MaxParts); i++)
        {
            yield return Text(list[i], depth - 1);
        }
    }

    private static IEnumerable<string> Parts(CelMap map, int depth)
    {
        for (int i = 0; i < Math.Min(map.Count, MaxParts); i++)
        {
            yield return $"{Text(map.KeyAt(i), 0)}: {Text(map.ValueAt(i), depth - 1)}";
        }
    }
}
