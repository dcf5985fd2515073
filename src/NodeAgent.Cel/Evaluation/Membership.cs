// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary><c>text in ["a", "b"]</c> with constants.</summary>
internal sealed class TextSetNode : BoolNode
{
    private const int MostCompared = 6;
    private readonly Node _text;
    private readonly CelText[] _constants;
    private readonly HashSet<CelText>? _set;

    public TextSetNode(int offset, Node text, CelText[] constants)
        : base(offset)
    {
        (_text, _constants) = (text, constants);
        _set = constants.Length > MostCompared ? new HashSet<CelText>(constants, TextComparer.Instance) : null;
    }

    public override bool Bool(CelContext context)
    {
        CelText text = _text.Text(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        if (_set is not null)
        {
            return _set.Contains(text);
        }

        foreach (ref readonly CelText constant in _constants.AsSpan())
        {
            if (constant.Span.SequenceEqual(text.Span))
            {
                return true;
            }
        }

        return false;
    }

    // Only the set's own constants fill it, so nobody can make it slow with texts of one hash.
    private sealed class TextComparer : IEqualityComparer<CelText>
    {
        public static readonly TextComparer Instance = new();

        public bool Equals(CelText x, CelText y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(CelText text)
        {
            ReadOnlySpan<byte> span = text.Span;
            ulong hash = (ulong)span.Length * 0x9E37_79B9_7F4A_7C15;
            if (span.Length >= 8)
            {
                hash ^= MemoryMarshal.Read<ulong>(span) ^ (MemoryMarshal.Read<ulong>(span[^8..]) * 0xC2B2_AE3D_27D4_EB4F);
            }
            else
            {
                foreach (byte b in span)
                {
                    hash = (hash ^ b) * 0x0100_0000_01B3;
                }
            }

            return (int)((hash * 0x9E37_79B9_7F4A_7C15) >> 32);
        }
    }
}

/// <summary><c>number in [1, 2]</c> with constants, all ints or all uints.</summary>
internal sealed class BitsSetNode(int offset, Node number, long[] constants) : BoolNode(offset)
{
    public override bool Bool(CelContext context)
    {
        long found = number.Bits(context);
        return context.Fault == CelFault.None && constants.AsSpan().Contains(found);
    }
}
