// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Handover;

/// <summary>The pins of one set of programs and maps: what one agent made, and perhaps several used.</summary>
internal sealed class GenerationDirectory
{
    private GenerationDirectory(string path, int number)
    {
        Path = path;
        Number = number;
    }

    internal string Path { get; }

    internal int Number { get; }

    internal static GenerationDirectory Create(string parent, int number)
    {
        var made = new GenerationDirectory(System.IO.Path.Combine(parent, PinNames.Generation(number)), number);
        Directory.CreateDirectory(made.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return made;
    }

    /// <returns>Newest first.</returns>
    internal static List<GenerationDirectory> FindAll(string parent)
    {
        var found = new List<GenerationDirectory>();
        foreach (string path in Directory.GetDirectories(parent))
        {
            if (PinNames.TryParseGeneration(System.IO.Path.GetFileName(path), out int number))
            {
                found.Add(new GenerationDirectory(path, number));
            }
        }

        found.Sort(static (a, b) => b.Number.CompareTo(a.Number));
        return found;
    }

    internal string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Paths of the pinned links; of one sensor when it is named.</summary>
    internal string[] LinkPaths(string? sensor = null)
    {
        string prefix = sensor is null ? PinNames.LinkPrefix : PinNames.Link(sensor, string.Empty);
        return [.. Directory.GetFiles(Path).Where(path => System.IO.Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>Takes the programs of a sensor, or of all, out of their hooks.</summary>
    internal void RemoveLinks(string? sensor = null)
    {
        foreach (string path in LinkPaths(sensor))
        {
            File.Delete(path);
        }
    }

    /// <summary>Removes every pin that is ours, links first: no program may run on while its maps go. Then the directory, when it is empty.</summary>
    /// <param name="removed">Takes the paths.</param>
    internal void Remove(List<string>? removed = null)
    {
        string[] ours = [.. Directory.GetFiles(Path).Where(path => PinNames.IsOurs(System.IO.Path.GetFileName(path))).Order(StringComparer.Ordinal)];
        string[] links = LinkPaths();
        foreach (string path in links.Order(StringComparer.Ordinal).Concat(ours.Except(links)))
        {
            File.Delete(path);
            removed?.Add(path);
        }

        if (Directory.GetFileSystemEntries(Path).Length == 0)
        {
            Directory.Delete(Path);
            removed?.Add(Path);
        }
    }
}
