// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;

namespace NodeAgent.Bpf.Handover;

/// <summary>Keeps a manifest as JSON in the one value of a pinned array: a bpffs holds no files.</summary>
internal static class ManifestFile
{
    private const int SizeBytes = 64 << 10;
    private const int LongestReason = 300;

    /// <summary>Replaces what is there; the kernel takes the new value as a whole.</summary>
    internal static void Write(GenerationDirectory generation, Manifest manifest)
    {
        byte[] value = new byte[SizeBytes];
        JsonSerializer.SerializeToUtf8Bytes(Shorten(manifest), ManifestJson.Default.Manifest).CopyTo(value, 0);
        string path = generation.PathOf(PinNames.Manifest);
        if (File.Exists(path))
        {
            using KernelMap old = KernelMap.OpenPinned(path, PinNames.Manifest);
            old.Update(Key, value);
            return;
        }

        using KernelMap map = KernelMap.Create(MapType.Array, "na_manifest", sizeof(uint), SizeBytes, 1);
        map.Update(Key, value);
        map.Pin(path);
    }

    /// <param name="problem">Why there is none.</param>
    internal static Manifest? TryRead(GenerationDirectory generation, out string problem)
    {
        problem = string.Empty;
        try
        {
            using KernelMap map = KernelMap.OpenPinned(generation.PathOf(PinNames.Manifest), PinNames.Manifest);
            if (map.Type != MapType.Array || map.ValueSizeBytes != SizeBytes || map.KeySizeBytes != sizeof(uint))
            {
                problem = "its manifest is another kind of map";
                return null;
            }

            byte[] value = new byte[SizeBytes];
            map.TryLookup(Key, value);
            int end = value.AsSpan().IndexOf((byte)0);
            Manifest? manifest = JsonSerializer.Deserialize(value.AsSpan(0, end < 0 ? SizeBytes : end), ManifestJson.Default.Manifest);
            if (manifest is { Format: Manifest.CurrentFormat })
            {
                return manifest;
            }

            problem = $"its manifest has format {manifest?.Format}, not {Manifest.CurrentFormat}";
        }
        catch (Exception e) when (e is BpfException or JsonException)
        {
            problem = $"its manifest cannot be read: {e.Message}";
        }

        return null;
    }

    private static ReadOnlySpan<byte> Key => "\0\0\0\0"u8;

    // A verifier's answer can be long, and there may be one for each variant of each sensor.
    private static Manifest Shorten(Manifest manifest) => manifest with
    {
        Sensors = [.. manifest.Sensors.Select(sensor => sensor with
        {
            Status = sensor.Status with { Reason = Shorten(sensor.Status.Reason), Without = [.. sensor.Status.Without.Select(Shorten)] },
        })],
    };

    private static string Shorten(string reason) =>
        reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason), "…");
}
