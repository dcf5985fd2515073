// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Roots;

/// <summary>What was read of a file.</summary>
/// <param name="Bytes">Its beginning; all of it unless <paramref name="IsCut"/>. Empty when there is a problem.</param>
/// <param name="IsCut">It is longer than the reader wanted to have.</param>
public readonly record struct HostFileBytes(ReadOnlyMemory<byte> Bytes, FileFacts Facts, bool IsCut, ReadProblem Problem)
{
    public bool IsRead => Problem == ReadProblem.None;

    /// <summary>Shape: UTF-8; what is none becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Shape: lines without their ends.</summary>
    public string[] Lines => Text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
}
