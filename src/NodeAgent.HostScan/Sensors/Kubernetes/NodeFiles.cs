// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>How these sensors read files: what may hold a credential is never told as it stands.</summary>
internal static class NodeFiles
{
    /// <summary>Reads configuration, and says it when it cannot.</summary>
    /// <returns>Null when there is none, or it cannot be read.</returns>
    public static ConfigNode? Parse(this SensorRun run, string path, Func<string, ConfigNode?> parse)
    {
        // Half a file may well be read, and mean another thing.
        if (run.Read(path) is not { IsRead: true, IsCut: false } file)
        {
            return null;
        }

        if (file.Bytes.Span.Contains((byte)0))
        {
            run.Problem($"{path}: is binary");
            return null;
        }

        try
        {
            return parse(file.Text);
        }
        catch (FormatException e)
        {
            run.Problem($"{path}: {e.Message}");
            return null;
        }
    }

    /// <summary>A file of configuration; its content is written anew from what was understood, without secrets and remarks.</summary>
    public static HostFile? DescribeParsed(this SensorRun run, string path, ConfigNode? parsed)
    {
        HostFile? file = run.Describe(path, FileContent.Hash);
        return file is null || parsed is null ? file : file with { Content = Convert.ToBase64String(Encoding.UTF8.GetBytes(Rendered(parsed))) };
    }

    /// <summary>The first of the places where something is; null when there is nothing.</summary>
    public static string? FirstOf(this SensorRun run, params ReadOnlySpan<string?> paths)
    {
        foreach (string? path in paths)
        {
            if (!string.IsNullOrEmpty(path) && run.Root.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>A file by its path, if there is a path.</summary>
    public static HostFile? DescribeIfAny(this SensorRun run, string? path, FileContent content) => string.IsNullOrEmpty(path) ? null : run.Describe(path, content);

    /// <summary>Files of a directory with one of these endings, as paths sorted by name. What is hidden is left out, as all readers of such directories do.</summary>
    public static IReadOnlyList<string> Files(this SensorRun run, string folder, int most, params string[] endings) =>
        [.. run.List(folder, most).Where(name => !name.StartsWith('.') && endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))).Select(name => $"{folder.TrimEnd('/')}/{name}")];

    public static void NoteIfCut(this SensorRun run, SettingList settings, string what)
    {
        if (settings.IsCut)
        {
            run.Problem($"{what}: more than {SettingList.Most} settings, the rest is not told");
        }
    }

    private static string Rendered(ConfigNode parsed)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            parsed.Write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
