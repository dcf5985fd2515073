// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Events.Text;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Baseline;

/// <summary>Finds everything that watched paths cover on the machine now. Follows no links and goes into no file system of the kernel's own.</summary>
internal static class BaselineWalk
{
    private const int MaxDepth = 64;
    private const int BufferBytes = 16 << 10;

    // Their files are made when they are read.
    private static readonly string[] KernelsOwn = ["/proc", "/sys", "/dev"];

    /// <param name="most">No more paths than this are told.</param>
    /// <returns>Shape: <c>ByteText</c>, each once, folders before what is in them; with what each is like.</returns>
    public static IEnumerable<(string Path, FileFacts Facts)> Find(RootDirectory root, WatchList list, int most)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (WatchedPath watched in list.All.Where(watched => watched.Scopes.HasFlag(WatchScopes.Host)))
        {
            var open = new Stack<(string Path, int Depth)>();
            open.Push((watched.Path.Root, 0));
            while (open.TryPop(out (string Path, int Depth) at))
            {
                byte[] bytes = ByteText.Encode(at.Path);
                if (root.TryGetFacts(bytes, follow: false, out FileFacts facts) != 0 || (KernelsOwn.Contains(at.Path) && watched.Path.Text != at.Path))
                {
                    continue;
                }

                if (watched.Covers(bytes) && told.Count < most && told.Add(at.Path))
                {
                    yield return (at.Path, facts);
                }

                if (facts.IsDirectory && at.Depth < MaxDepth && told.Count < most)
                {
                    foreach (string name in Names(root, bytes))
                    {
                        string path = at.Path == "/" ? "/" + name : at.Path + "/" + name;
                        if (watched.Path.MayReach(ByteText.Encode(path)))
                        {
                            open.Push((path, at.Depth + 1));
                        }
                    }
                }
            }
        }
    }

    private static List<string> Names(RootDirectory root, byte[] folder)
    {
        var names = new List<string>();
        int error = root.TryOpenDirectory(folder, out SafeFileHandle directory);
        using (directory)
        {
            if (error != 0)
            {
                return names;
            }

            var entries = new DirectoryEntries(directory, new byte[BufferBytes]);
            while (entries.MoveNext())
            {
                names.Add(ByteText.Decode(entries.Name));
            }
        }

        return names;
    }
}
