// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Handover;

/// <summary>Layouts as text that can be compared with those of another build.</summary>
internal static class StructLayouts
{
    /// <summary>The wire structs of this build.</summary>
    internal static Dictionary<string, string> Wire()
    {
        using BpfObject target = EmbeddedObjects.Open("wire_layout");
        using BtfTypes types = target.OpenTypes();
        return types.ReadStructs().Where(found => found.Name.StartsWith("na_", StringComparison.Ordinal))
            .ToDictionary(found => found.Name, Describe);
    }

    /// <summary>A map's key and value as its object declares them.</summary>
    internal static string OfMap(BpfObject declaring, BpfMap map)
    {
        using BtfTypes types = declaring.OpenTypes();
        IReadOnlyList<BtfStruct> structs = types.ReadStructs();
        string DescribeType(uint id)
        {
            string name = types.NameOf(id);
            return structs.FirstOrDefault(found => found.Name == name && name.Length > 0) is { } found ? Describe(found) : name;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"type {(int)map.Type} entries {map.MaxEntries} flags {map.Flags} key {map.KeySizeBytes} {DescribeType(map.KeyTypeId)} value {map.ValueSizeBytes} {DescribeType(map.ValueTypeId)}");
    }

    private static string Describe(BtfStruct found)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{found.Name} {found.SizeBytes}");
        foreach (BtfMember member in found.Members)
        {
            text.Append(CultureInfo.InvariantCulture, $" {member.Name}@{member.OffsetBytes}+{member.SizeBytes}");
        }

        return text.ToString();
    }
}
