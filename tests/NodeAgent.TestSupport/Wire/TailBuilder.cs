// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.TestSupport.Wire;

/// <summary>Collects the strings of one record.</summary>
public sealed class TailBuilder
{
    private readonly List<byte> _bytes = [];

    public uint Size => (uint)_bytes.Count;

    public WireString Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public WireString Add(ReadOnlySpan<byte> text)
    {
        var at = new WireString { Offset = (ushort)_bytes.Count, Length = (ushort)text.Length };
        _bytes.AddRange(text);
        return at;
    }

    public void CopyTo(Span<byte> target) => _bytes.ToArray().CopyTo(target);
}
