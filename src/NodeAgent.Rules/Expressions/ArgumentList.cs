// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>Texts that stand behind each other, each ended by NUL, as a list; one instance for all events.</summary>
internal sealed class ArgumentList : CelList
{
    private CelText[] _texts = new CelText[16];
    private int _count;

    public override int Count => _count;

    public override CelValue this[int index] => CelValue.Of(_texts[index]);

    public CelText First => _count > 0 ? _texts[0] : default;

    public void Clear() => _count = 0;

    /// <param name="joined">Shape: the last may lack its NUL.</param>
    public void Split(CelText joined)
    {
        _count = 0;
        int at = 0;
        while (at < joined.Length)
        {
            int end = joined.Span[at..].IndexOf((byte)0);
            int length = end < 0 ? joined.Length - at : end;
            Add(joined.Slice(at, length));
            at += length + 1;
        }
    }

    public void Add(CelText text)
    {
        if (_count == _texts.Length)
        {
            Array.Resize(ref _texts, _count * 2);
        }

        _texts[_count++] = text;
    }
}
