// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;

namespace NodeAgent.Storage.Objects;

/// <summary>A document that lacks only its resourceVersion, which is known not before the write itself.</summary>
/// <param name="Text">Shape: JSON, UTF-8.</param>
/// <param name="RevisionOffset">Where in <paramref name="Text"/> the decimal digits of the revision go.</param>
/// <param name="Workload">By which those of one workload are found; null: of none.</param>
internal readonly record struct ObjectTemplate(ReadOnlyMemory<byte> Text, int RevisionOffset, string? Workload = null)
{
    private const int MaxDigits = 20;

    public byte[] Render(long revision)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(revision, digits, out int length);
        var body = new byte[Text.Length + length];
        ReadOnlySpan<byte> text = Text.Span;
        text[..RevisionOffset].CopyTo(body);
        digits[..length].CopyTo(body.AsSpan(RevisionOffset));
        text[RevisionOffset..].CopyTo(body.AsSpan(RevisionOffset + length));
        return body;
    }
}
