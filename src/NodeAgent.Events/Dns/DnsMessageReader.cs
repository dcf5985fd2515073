// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Events.Dns;

/// <summary>Reads one DNS message from its header on, without allocating and without trusting it.</summary>
/// <remarks>
/// Call <see cref="ReadHeader"/>, then <see cref="ReadQuestion"/> until End, then <see cref="ReadRecord"/> until End.
/// After a failure every further call gives the same failure; what was read before it stands. Bytes after the last
/// record are ignored. Errors: none are thrown. Source: RFC 1035 4.
/// </remarks>
public ref struct DnsMessageReader(ReadOnlySpan<byte> message)
{
    private const int QuestionTailSize = 4;
    private const int RecordTailSize = 10;

    private readonly ReadOnlySpan<byte> _message = message;
    private DnsHeader _header;
    private DnsReadResult _failure = DnsReadResult.Ok;
    private int _at;
    private int _questionsRead;
    private int _recordsRead;

    /// <summary>Units: bytes consumed so far.</summary>
    public readonly int Position => _at;

    /// <summary>Begins, or begins again.</summary>
    public DnsReadResult ReadHeader(out DnsHeader header)
    {
        header = default;
        if (_message.Length < DnsHeader.Size)
        {
            return _failure = DnsReadResult.Truncated;
        }

        _header = header = new DnsHeader(U16(0), U16(2), U16(4), U16(6), U16(8), U16(10));
        _at = DnsHeader.Size;
        _questionsRead = 0;
        _recordsRead = 0;
        return _failure = DnsReadResult.Ok;
    }

    public DnsReadResult ReadQuestion(out DnsQuestion question)
    {
        question = default;
        if (!Ready(out DnsReadResult failure))
        {
            return failure;
        }

        if (_questionsRead >= _header.QuestionCount)
        {
            return DnsReadResult.End;
        }

        DnsReadResult result = DnsName.TryRead(_message, _at, out DnsName name, out int end);
        if (result == DnsReadResult.Ok && end + QuestionTailSize > _message.Length)
        {
            result = DnsReadResult.Truncated;
        }

        if (result != DnsReadResult.Ok)
        {
            return _failure = result;
        }

        question = new DnsQuestion(name, (DnsType)U16(end), U16(end + 2));
        _at = end + QuestionTailSize;
        _questionsRead++;
        return DnsReadResult.Ok;
    }

    /// <summary>The name of the next question, without going on to what follows. Also of a message that was cut right behind the name.</summary>
    public readonly DnsReadResult PeekQuestionName(out DnsName name)
    {
        name = default;
        return !Ready(out DnsReadResult failure) ? failure
            : _questionsRead >= _header.QuestionCount ? DnsReadResult.End
            : DnsName.TryRead(_message, _at, out name, out _);
    }

    /// <summary>The next record of the answer, authority or additional section; skips questions that were not read.</summary>
    public DnsReadResult ReadRecord(out DnsResourceRecord record)
    {
        record = default;
        DnsReadResult result;
        while ((result = ReadQuestion(out _)) == DnsReadResult.Ok)
        {
        }

        if (result != DnsReadResult.End)
        {
            return result;
        }

        if (_recordsRead >= _header.AnswerCount + _header.AuthorityCount + _header.AdditionalCount)
        {
            return DnsReadResult.End;
        }

        result = DnsName.TryRead(_message, _at, out DnsName owner, out int end);
        if (result == DnsReadResult.Ok && end + RecordTailSize > _message.Length)
        {
            result = DnsReadResult.Truncated;
        }

        if (result != DnsReadResult.Ok)
        {
            return _failure = result;
        }

        int dataLength = U16(end + 8);
        int dataOffset = end + RecordTailSize;
        if (dataOffset + dataLength > _message.Length)
        {
            return _failure = DnsReadResult.Truncated;
        }

        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(_message[(end + 4)..]);
        record = new DnsResourceRecord(_message, owner, Section(), (DnsType)U16(end), U16(end + 2), ttl, dataOffset, dataLength);
        _at = dataOffset + dataLength;
        _recordsRead++;
        return DnsReadResult.Ok;
    }

    private readonly DnsSection Section() =>
        _recordsRead < _header.AnswerCount ? DnsSection.Answer
        : _recordsRead < _header.AnswerCount + _header.AuthorityCount ? DnsSection.Authority
        : DnsSection.Additional;

    /// <summary>False after a failure, and before a header was read.</summary>
    private readonly bool Ready(out DnsReadResult failure)
    {
        failure = _failure != DnsReadResult.Ok ? _failure : DnsReadResult.Truncated;
        return _failure == DnsReadResult.Ok && _at != 0;
    }

    private readonly ushort U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_message[at..]);
}
