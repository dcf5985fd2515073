// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using NodeAgent.Cel;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Alerts;

/// <summary>What a rule says of an event: its message, and what makes two alerts the same. For the loop's thread.</summary>
internal sealed class RuleTexts
{
    private const int MaxMessageLength = 4096;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>Shape: MD5 of the rule's <c>uniqueId</c>, because the alert's <c>uniqueID</c> is one; it names alerts and protects nothing.</summary>
    /// <param name="error">Null: all went well. Else the id is that of the parts that were there.</param>
    public UInt128 UniqueId(CompiledRule rule, CelContext context, out CelError? error)
    {
        Write(rule.UniqueId, context, out error);
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // the alert format says MD5
        MD5.HashData(_buffer.WrittenSpan, digest);
#pragma warning restore CA5351
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <param name="error">Null: all went well. Else the message is the rule's name.</param>
    public string Message(CompiledRule rule, CelContext context, out CelError? error)
    {
        Write(rule.Message, context, out error);
        return error is null ? CutText.Marked(ByteText.Decode(_buffer.WrittenSpan), MaxMessageLength) : rule.Descriptor.Name;
    }

    private void Write(CelProgram program, CelContext context, out CelError? error)
    {
        _buffer.ResetWrittenCount();
        error = program.TryWrite(context, _buffer) ? null : program.DescribeError(context);
    }
}
