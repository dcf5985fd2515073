// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Profiles.Learning;

/// <summary>A bounded set of DNS names. Over its bound, sibling names become <c>*.parent</c>.</summary>
internal sealed class NameSet
{
    private readonly int _max;
    private readonly HashSet<byte[]> _names = new(BytesComparer.Instance);
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public NameSet(int max)
    {
        _max = max;
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _names.Count;

    /// <summary>Names that even generalising left no room for.</summary>
    public long Dropped { get; private set; }

    /// <param name="name">Shape: lower-case labels without the trailing dot.</param>
    /// <returns>True when it was new. Known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> name)
    {
        if (_lookup.Contains(name))
        {
            return false;
        }

        if (_names.Count >= _max)
        {
            byte[] parent = Parent(name);
            if (_names.Contains(parent))
            {
                return false;
            }

            Generalize();
            if (_names.Contains(parent))
            {
                return true;
            }

            if (_names.Count >= _max)
            {
                Dropped++;
                return true;
            }
        }

        return _lookup.Add(name);
    }

    /// <returns>True when it would tell nothing new, but for generalised names. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> name) => _lookup.Contains(name);

    public byte[][] ToArray() => [.. _names];

    private void Generalize()
    {
        foreach (IGrouping<string, byte[]> siblings in ToArray().GroupBy(name => Encoding.UTF8.GetString(Parent(name))).Where(group => group.Count() > 1))
        {
            foreach (byte[] name in siblings)
            {
                _names.Remove(name);
            }

            _names.Add(Encoding.UTF8.GetBytes(siblings.Key));
        }
    }

    private static byte[] Parent(ReadOnlySpan<byte> name)
    {
        int dot = name.IndexOf((byte)'.');
        return dot < 0 ? name.ToArray() : [(byte)'*', .. name[dot..]];
    }
}
