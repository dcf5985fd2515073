// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Files;

/// <summary>Files of one sort that a walk found: all are counted, so many are kept.</summary>
internal sealed class FoundFiles(int most)
{
    private readonly List<(string Path, FileFacts Facts)> _files = [];

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> path, in FileFacts facts)
    {
        Count++;
        if (_files.Count < most)
        {
            _files.Add((Encoding.UTF8.GetString(path), facts));
        }
    }

    /// <returns>By path, the first of them.</returns>
    public IEnumerable<(string Path, FileFacts Facts)> First(int count) => _files.OrderBy(file => file.Path, StringComparer.Ordinal).Take(count);
}
