// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Handover;

/// <summary>A hash over everything that the programs in the kernel are made from: with the same stamp they can be taken over as they run.</summary>
internal static class Stamp
{
    /// <summary>Object files, the constants that they are loaded with, sizes of maps, the order of variants, and where cgroup programs attach.</summary>
    /// <returns>Shape: 64 hex digits.</returns>
    internal static string Of(IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, RingSizes sizes, string cgroupRoot)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, $"{sizes}\n{cgroupRoot}\n");
        foreach (SensorDefinition definition in definitions)
        {
            Add(hash, $"{definition.Name}: {string.Join('|', definition.Variants.Select(variant => variant.Name))}\n");
            try
            {
                using BpfObject target = open(definition.Name);
                AddObject(hash, target, sizes);
            }
            catch (Exception e) when (e is BpfException or InvalidOperationException)
            {
                Add(hash, "unusable\n"); // the sensor will say why
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AddObject(IncrementalHash hash, BpfObject target, RingSizes sizes)
    {
        SharedMaps.SetConstants(target, sizes);
        Add(hash, target.Digest + "\n");
        foreach (BpfMap map in target.Maps)
        {
            Add(hash, $"{map.Name} {map.MaxEntries}\n");
            hash.AppendData(map.InitialValue);
        }
    }

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
}
