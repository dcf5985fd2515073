// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Bpf.Handover;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Layout;

/// <summary>The version of the wire format, struct by struct: what is kept in files can be read as long as the structs of its records are what they were.</summary>
/// <remarks>Of the C# mirrors, which are compared with the probes before any of them is loaded: so neither probes nor libbpf are needed.</remarks>
public sealed class WireVersion
{
    private const int HashBytes = 8;

    private readonly WireCompatibility _compatibility;

    /// <param name="recorded">As <see cref="Current"/> was then.</param>
    public WireVersion(IReadOnlyDictionary<string, string> recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        _compatibility = new WireCompatibility(recorded, Current);
    }

    /// <summary>Shape: the C name of each struct that records are made of, and 16 hex digits of its layout.</summary>
    public static IReadOnlyDictionary<string, string> Current { get; } = new SortedDictionary<string, string>(
        WireLayout.Mirrors.Where(mirror => WireCompatibility.Structs.Contains(mirror.CName)).ToDictionary(mirror => mirror.CName, HashOf),
        StringComparer.Ordinal);

    /// <summary>Whether records of the kind mean today what they meant then.</summary>
    public bool CanRead(EventKind kind) => _compatibility.CanRead(kind);

    private static string HashOf(MirrorStruct mirror)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{mirror.CName} {mirror.SizeBytes}");
        foreach (MirrorField field in mirror.Fields)
        {
            text.Append(CultureInfo.InvariantCulture, $" {field.CName}@{field.OffsetBytes}+{field.SizeBytes}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, HashBytes));
    }
}
