// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Files;

/// <summary>Files of one sort that a walk found: all are counted, so many are kept.</summary>
internal sealed class FoundFiles(int most)
{
    private readonly List<FoundFile> _files = [];

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> path, in FileFacts facts, FileCapabilities? capabilities = null)
    {
        Count++;
        if (_files.Count < most)
        {
            _files.Add(new FoundFile(Encoding.UTF8.GetString(path), facts, capabilities));
        }
    }

    /// <returns>By path, the first of them.</returns>
    public IEnumerable<FoundFile> First(int count) => _files.OrderBy(file => file.Path, StringComparer.Ordinal).Take(count);
}
