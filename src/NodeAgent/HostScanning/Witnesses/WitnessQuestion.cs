// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.HostScan.Drift;
using NodeAgent.HostScan.Roots;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Who did this?</summary>
internal sealed class WitnessQuestion
{
    private readonly byte[] _name;

    private WitnessQuestion(DriftSubject subject, string name, in FileFacts facts)
    {
        _name = Encoding.UTF8.GetBytes(name);
        (Subject, Inode, Device) = (subject, facts.Inode, facts.KernelDevice);
    }

    public DriftSubject Subject { get; }

    /// <summary>Shape: path of the host.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>0 = there is no such file now.</summary>
    public ulong Inode { get; }

    public uint Device { get; }

    /// <summary>All that has to be asked about a change.</summary>
    public static IReadOnlyList<WitnessQuestion> Of(DriftFinding finding, HostRoot root) => finding.Rule.Subject switch
    {
        DriftSubject.Socket => [],
        DriftSubject.File => [.. finding.Files.Select(path => OfFile(path, root))],
        _ => [new WitnessQuestion(finding.Rule.Subject, finding.Key, default)],
    };

    /// <param name="loaded">Shape: path of the module's file, or its name.</param>
    public bool IsModule(ReadOnlySpan<byte> loaded)
    {
        ReadOnlySpan<byte> file = loaded[(loaded.LastIndexOf((byte)'/') + 1)..];
        int end = file.IndexOf(".ko"u8);
        file = end < 0 ? file : file[..end];
        if (file.Length != _name.Length)
        {
            return false;
        }

        // The kernel writes underscores where files have dashes.
        for (int at = 0; at < file.Length; at++)
        {
            if (file[at] != _name[at] && !(file[at] == '-' && _name[at] == '_'))
            {
                return false;
            }
        }

        return true;
    }

    // Of what is gone, the directory still says on which file system it was.
    private static WitnessQuestion OfFile(string path, HostRoot root)
    {
        if (root.TryGetFacts(path, out FileFacts facts) != ReadProblem.None)
        {
            string folder = path[..Math.Max(path.LastIndexOf('/'), 1)];
            facts = root.TryGetFacts(folder, out FileFacts above) == ReadProblem.None ? new FileFacts { Device = above.Device } : default;
        }

        return new WitnessQuestion(DriftSubject.File, path, facts);
    }
}
