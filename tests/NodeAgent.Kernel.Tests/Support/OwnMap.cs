// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>A map of the sensors that this process loaded, as bpftool shows it: others may have maps of the same name.</summary>
internal sealed class OwnMap
{
    private const int KernelNameLength = 15;
    private readonly string _id;

    private OwnMap(string id)
    {
        _id = id;
    }

    public static OwnMap Find(string name)
    {
        string shown = name.Length > KernelNameLength ? name[..KernelNameLength] : name;
        string id = OwnIds().First(id => Run("map", "show", "id", id).RootElement.GetProperty("name").GetString() == shown);
        return new OwnMap(id);
    }

    public int Count() => Run("map", "dump", "id", _id).RootElement.GetArrayLength();

    /// <summary>Of a hash of cgroups, or of another number of 64 bits.</summary>
    public ulong[] Keys() =>
        [.. Run("map", "dump", "id", _id).RootElement.EnumerateArray().Select(entry => BitConverter.ToUInt64(
            [.. entry.GetProperty("key").EnumerateArray().Select(item => Convert.ToByte(item.GetString(), 16))]))];

    /// <summary>Changes some bytes of the value of a 32-bit key.</summary>
    public void Patch(uint key, int offset, uint bytes)
    {
        string[] keyBytes = Hex(key);
        JsonElement found = Run(["map", "lookup", "id", _id, "key", "hex", .. keyBytes]).RootElement;
        string[] value = [.. found.GetProperty("value").EnumerateArray().Select(item => item.GetString()![2..])];
        Hex(bytes).CopyTo(value, offset);
        Run(["map", "update", "id", _id, "key", "hex", .. keyBytes, "value", "hex", .. value]);
    }

    private static string[] Hex(uint value) =>
        [.. BitConverter.GetBytes(value).Select(item => item.ToString("x2", CultureInfo.InvariantCulture))];

    private static IEnumerable<string> OwnIds()
    {
        foreach (string file in Directory.GetFiles("/proc/self/fdinfo"))
        {
            string[] lines = [];
            try
            {
                lines = File.ReadAllLines(file);
            }
            catch (IOException)
            {
                // Closed since.
            }

            foreach (string line in lines.Where(line => line.StartsWith("map_id:", StringComparison.Ordinal)))
            {
                yield return line["map_id:".Length..].Trim();
            }
        }
    }

    private static JsonDocument Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("bpftool", ["-j", .. arguments]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"bpftool {string.Join(' ', arguments)}: {output}");
        return JsonDocument.Parse(output.Length == 0 ? "null" : output);
    }
}
