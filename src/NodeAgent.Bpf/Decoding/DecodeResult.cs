// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Decoding;

/// <summary>What became of one record. Everything but <see cref="Ok"/> is a counted loss.</summary>
public enum DecodeResult
{
    Ok = 0,

    /// <summary>Shorter than the fixed struct of its kind, or than a header.</summary>
    TooShort = 1,

    /// <summary>A kind that this version does not know.</summary>
    UnknownKind = 2,

    /// <summary>The tail reaches past the end of the record.</summary>
    BadTail = 3,

    /// <summary>A string reaches past the end of the tail.</summary>
    BadString = 4,

    /// <summary>An address that is neither IPv4 nor IPv6.</summary>
    BadFamily = 5,

    /// <summary>Left by an older agent, and not to be read: in another layout, or behind a pin that is gone.</summary>
    OtherLayout = 6,
}
