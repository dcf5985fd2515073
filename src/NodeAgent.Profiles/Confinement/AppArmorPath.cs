// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Text;

namespace NodeAgent.Profiles.Confinement;

/// <summary>A profile's path as AppArmor writes it: the same paths match, and no character means more than itself.</summary>
/// <remarks>Source: apparmor.d(5), "Globbing". One segment is <c>*</c>, any number of them <c>**</c>; a directory is a path that ends with a slash.</remarks>
internal static class AppArmorPath
{
    private const string Segment = "⋯";
    private const string Segments = "*";

    /// <param name="path">Shape: absolute; <c>⋯</c> one segment, <c>*</c> any number of segments, at the end at least one.</param>
    /// <returns>In quotes; as a file, and as a directory.</returns>
    public static (string File, string Directory) Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0)
        {
            return ("\"/\"", "\"/\"");
        }

        var text = new StringBuilder("\"/");
        for (int at = 0; at < segments.Length - 1; at++)
        {
            // Of stars behind each other the last says it all.
            bool isStar = segments[at] == Segments;
            text.Append(!isStar ? One(segments[at]) + "/" : segments[at + 1] == Segments ? string.Empty : "{,**/}");
        }

        string file = text.Append(segments[^1] == Segments ? "**" : One(segments[^1])).ToString();
        return (file + "\"", file + "/\"");
    }

    private static string One(string segment) => segment == Segment ? "*" : Literal(segment);

    // Bytes that are no printable ASCII as octal numbers: the parser knows those, and no encoding.
    internal static string Literal(string segment)
    {
        var text = new StringBuilder(segment.Length);
        foreach (byte value in ByteText.Encode(segment))
        {
            if (value is < 0x20 or >= 0x7f)
            {
                text.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
                continue;
            }

            if ("\\\"*?[]{}^,@".Contains((char)value, StringComparison.Ordinal))
            {
                text.Append('\\');
            }

            text.Append((char)value);
        }

        return text.ToString();
    }
}
