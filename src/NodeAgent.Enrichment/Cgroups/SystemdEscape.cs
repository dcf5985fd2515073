// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Events.Text;

namespace NodeAgent.Enrichment.Cgroups;

/// <summary>systemd's ways of writing names into cgroup paths. Source: systemd.unit(5), CONTROL GROUP names in systemd's cg_escape.</summary>
internal static class SystemdEscape
{
    /// <summary>The unit's name as systemctl shows it, <c>\x2d</c> included.</summary>
    /// <param name="segment">A directory name; <c>_</c> stands first where the name would else be a kernel file's.</param>
    public static string UnitName(ReadOnlySpan<byte> segment)
    {
        ReadOnlySpan<byte> name = segment.StartsWith("_"u8) ? segment[1..] : segment;
        return Ascii.IsValid(name) ? Encoding.ASCII.GetString(name) : ByteText.Decode(name);
    }

    /// <summary>Undoes <c>\xNN</c>; anything else, incomplete escapes too, stays.</summary>
    public static string Unescape(ReadOnlySpan<byte> name)
    {
        if (name.IndexOf("\\x"u8) < 0)
        {
            return ByteText.Decode(name);
        }

        var plain = new byte[name.Length];
        int length = 0;
        for (int at = 0; at < name.Length; at++)
        {
            bool escape = name.Length - at >= 4 && name[at] == '\\' && name[at + 1] == 'x';
            if (escape && byte.TryParse(name.Slice(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                plain[length++] = value;
                at += 3;
                continue;
            }

            plain[length++] = name[at];
        }

        return ByteText.Decode(plain.AsSpan(0, length));
    }
}
