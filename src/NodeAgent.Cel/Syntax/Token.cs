// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Syntax;

internal enum TokenKind
{
    End,
    Identifier,

    /// <summary>An identifier between backticks: only the name of a field.</summary>
    QuotedIdentifier,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Dot,
    Comma,
    Colon,
    Question,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Not,
    And,
    Or,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <param name="Offset">Units: UTF-16 units from the start of the text.</param>
/// <param name="Text">An identifier's name, or a number as written, without the suffix of uint.</param>
/// <param name="Value">What a string or bytes literal stands for.</param>
internal readonly record struct Token(TokenKind Kind, int Offset, int Length, string Text = "", CelText Value = default);
