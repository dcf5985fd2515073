// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Http;

/// <summary>The first line of a request; a view into the message.</summary>
/// <param name="method">Shape: a token, case kept.</param>
/// <param name="target">Shape: as sent, no space or control byte; not decoded.</param>
/// <param name="minorVersion">Shape: the digit behind <c>HTTP/1.</c>; -1 when the line was cut before it.</param>
public readonly ref struct HttpRequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, int minorVersion)
{
    public ReadOnlySpan<byte> Method { get; } = method;

    public ReadOnlySpan<byte> Target { get; } = target;

    public int MinorVersion { get; } = minorVersion;

    /// <summary>Shape: <c>host[:port]</c> of the forms <c>http://host/path</c> and, for CONNECT, <c>host:port</c>; else empty. Source: RFC 9112 3.2.</summary>
    public ReadOnlySpan<byte> Authority
    {
        get
        {
            if (Method.SequenceEqual("CONNECT"u8))
            {
                return Target;
            }

            ReadOnlySpan<byte> rest = AfterScheme(Target);
            int end = rest.IndexOfAny("/?#"u8);
            return end < 0 ? rest : rest[..end];
        }
    }

    /// <summary>Shape: begins with <c>/</c>, or <c>*</c>; without query and fragment; empty for CONNECT.</summary>
    public ReadOnlySpan<byte> Path
    {
        get
        {
            if (Method.SequenceEqual("CONNECT"u8))
            {
                return [];
            }

            ReadOnlySpan<byte> rest = AfterScheme(Target);
            if (rest.Length > 0)
            {
                int start = rest.IndexOfAny("/?#"u8);
                rest = start < 0 ? [] : rest[start..];
            }
            else
            {
                rest = Target;
            }

            int end = rest.IndexOfAny((byte)'?', (byte)'#');
            rest = end < 0 ? rest : rest[..end];
            return rest.IsEmpty ? "/"u8 : rest;
        }
    }

    /// <summary>What follows <c>http://</c> or another scheme; empty when the target is no absolute one.</summary>
    private static ReadOnlySpan<byte> AfterScheme(ReadOnlySpan<byte> target)
    {
        int colon = target.IndexOf("://"u8);
        return colon > 0 && target[..colon].IndexOfAnyExcept(Scheme) < 0 ? target[(colon + 3)..] : [];
    }

    private static readonly System.Buffers.SearchValues<byte> Scheme =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."u8);
}

/// <summary>The first line of a response; a view into the message.</summary>
/// <param name="status">Shape: 100 to 999.</param>
/// <param name="reason">Shape: any text, may be empty.</param>
/// <param name="minorVersion">Shape: the digit behind <c>HTTP/1.</c>.</param>
public readonly ref struct HttpStatusLine(int status, ReadOnlySpan<byte> reason, int minorVersion)
{
    public int Status { get; } = status;

    public ReadOnlySpan<byte> Reason { get; } = reason;

    public int MinorVersion { get; } = minorVersion;
}

/// <summary>One header field; a view into the message.</summary>
/// <param name="name">Shape: a token, case kept.</param>
/// <param name="value">Shape: no control bytes but tab, blanks around it taken off.</param>
public readonly ref struct HttpHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <param name="name">Shape: lower case.</param>
    public bool Is(ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(Name, name);
}
