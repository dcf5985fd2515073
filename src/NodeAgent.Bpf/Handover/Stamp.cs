// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Handover;

/// <summary>A hash over everything that the programs in the kernel are made from: with the same stamp they can be taken over as they run.</summary>
internal static class Stamp
{
    // They change no program: a sensor is started or ended by itself, and the others concern the reader.
    private static readonly string[] WithoutEffect =
        [nameof(BpfOptions.DisabledSensors), nameof(BpfOptions.Sensors), nameof(BpfOptions.PinPath), nameof(BpfOptions.ReorderWindowMicroseconds)];

    /// <summary>Object files, all options that constants and maps follow from, sizes, the order of variants, and where cgroup programs attach.</summary>
    /// <returns>Shape: 64 hex digits.</returns>
    internal static string Of(
        IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, BpfOptions options, MapSizes sizes, string cgroupRoot)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{sizes.Rings} {sizes.Capacities.Factor} {sizes.Filter}\n").Append(cgroupRoot).Append('\n').Append(Describe(options)).Append('\n');
        foreach (SharedHooks shared in SharedHooks.All)
        {
            text.Append(DigestOf(shared.ObjectName, open)).Append('\n');
        }

        foreach (SensorDefinition definition in definitions)
        {
            text.Append(definition.Name).Append(' ').AppendJoin('|', definition.Variants.Select(variant => variant.Name)).Append(' ')
                .Append(DigestOf(definition.Name, open)).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string DigestOf(string name, Func<string, BpfObject> open)
    {
        try
        {
            using BpfObject target = open(name);
            return target.Digest;
        }
        catch (Exception e) when (e is BpfException or InvalidOperationException)
        {
            return "unusable"; // whoever needs it will say why
        }
    }

    // Every public option, so that none which is added later can be forgotten here.
    private static string Describe(BpfOptions options)
    {
        JsonObject all = JsonSerializer.SerializeToNode(options, StampJson.Default.BpfOptions)!.AsObject();
        foreach (string name in WithoutEffect)
        {
            all.Remove(name);
        }

        return all.ToJsonString();
    }
}

[JsonSerializable(typeof(BpfOptions))]
internal sealed partial class StampJson : JsonSerializerContext;
