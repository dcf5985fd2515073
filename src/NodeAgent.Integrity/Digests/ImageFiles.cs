// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events.Identity;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Digests;

/// <summary>What the files of a container are in its image: in the lower layers of the overlay that is its root. Source: overlayfs of the kernel's documentation.</summary>
/// <remarks>One user at a time.</remarks>
/// <param name="hostRoot">Where the machine's root is mounted: layers are named by paths there.</param>
/// <param name="procRoot">A procfs of the initial pid namespace.</param>
public sealed class ImageFiles(FileDigester digester, string hostRoot, string procRoot = "/proc")
{
    private const int Capacity = 512;
    private const int MaxLayers = 500;
    private readonly RecentMap<ulong, IReadOnlyList<string>> _layers = new(Capacity);

    /// <param name="pid">A process whose root is the container's.</param>
    /// <param name="path">Shape: absolute path in the container, of bytes.</param>
    /// <returns>Null: it is not known what the image has there. Missing: the image has nothing there.</returns>
    public Look? LookAt(ContainerInfo container, uint pid, ReadOnlySpan<byte> path, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (!_layers.TryGet(container.CgroupId, out IReadOnlyList<string>? layers))
        {
            layers = LayersOf(pid);
            _layers.Set(container.CgroupId, layers);
        }

        if (layers.Count == 0)
        {
            return null;
        }

        foreach (string layer in layers)
        {
            try
            {
                using RootDirectory root = RootDirectory.Open(hostRoot.TrimEnd('/') + layer);
                Look look = digester.LookAt(root, path, stop);
                if (look.Outcome != LookOutcome.Missing)
                {
                    return IsWhiteout(look) ? new Look(LookOutcome.Missing, null) : look;
                }

                if (HidesLower(root, path))
                {
                    return look;
                }
            }
            catch (BpfException)
            {
                // A layer that cannot be seen from here may have it.
                return null;
            }
        }

        return new Look(LookOutcome.Missing, null);
    }

    /// <param name="mountInfo">Shape: the lines of <c>/proc/PID/mountinfo</c>, proc(5).</param>
    /// <returns>Shape: absolute paths, the uppermost layer first; empty = the root is no overlay, or its layers have no absolute names.</returns>
    internal static IReadOnlyList<string> LayersIn(IEnumerable<string> mountInfo)
    {
        foreach (string line in mountInfo)
        {
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-", 6 <= fields.Length ? 6 : 0);
            if (separator < 6 || fields.Length <= separator + 3 || fields[4] != "/")
            {
                continue;
            }

            // The last line that is mounted there would be the visible one; a container's root is mounted once.
            if (fields[separator + 1] != "overlay")
            {
                return [];
            }

            var layers = new List<string>();
            foreach (string option in SplitUnescaped(Unescape(fields[separator + 3]), ','))
            {
                if (option.StartsWith("lowerdir", StringComparison.Ordinal) && option.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
                {
                    layers.AddRange(SplitUnescaped(option[(equals + 1)..], ':').Where(layer => layer.Length > 0).Select(layer => layer.Replace("\\:", ":", StringComparison.Ordinal).Replace("\\,", ",", StringComparison.Ordinal)));
                }
            }

            return layers.Count <= MaxLayers && layers.TrueForAll(layer => layer.StartsWith('/')) ? layers : [];
        }

        return [];
    }

    private IReadOnlyList<string> LayersOf(uint pid)
    {
        try
        {
            return LayersIn(File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"{procRoot}/{pid}/mountinfo")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A file that was deleted in a layer is a character device 0, 0 there.
    private static bool IsWhiteout(in Look look) => look.State is { } state && (state.Facts.Mode & FileFacts.TypeMask) == 0x2000;

    // A folder that was made anew in a layer hides those of the layers below, and so does whatever else stands where the folder was.
    private static bool HidesLower(RootDirectory layer, ReadOnlySpan<byte> path)
    {
        Span<byte> value = stackalloc byte[16];
        for (int slash = path.LastIndexOf((byte)'/'); slash > 0; slash = path[..slash].LastIndexOf((byte)'/'))
        {
            ReadOnlySpan<byte> folder = path[..slash];
            if (layer.TryGetFacts(folder, follow: false, out FileFacts facts) == 0
                && (!facts.IsDirectory || (layer.TryReadAttribute(folder, "trusted.overlay.opaque", value) == 1 && value[0] == 'y')
                    || (layer.TryReadAttribute(folder, "user.overlay.opaque", value) == 1 && value[0] == 'y')))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> SplitUnescaped(string text, char separator)
    {
        int start = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == separator)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    // Blanks, tabs, line ends and backslashes are octal there.
    private static string Unescape(string field) =>
        field.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
