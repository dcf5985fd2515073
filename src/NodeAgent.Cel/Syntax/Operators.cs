// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Syntax;

/// <summary>The names under which the operators are functions, and how strongly they bind.</summary>
internal static class Operators
{
    public const string Add = "_+_";
    public const string Subtract = "_-_";
    public const string Multiply = "_*_";
    public const string Divide = "_/_";
    public const string Modulo = "_%_";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";
    public const string Less = "_<_";
    public const string LessOrEqual = "_<=_";
    public const string Greater = "_>_";
    public const string GreaterOrEqual = "_>=_";
    public const string In = "@in";
    public const string Not = "!_";
    public const string Negate = "-_";
    public const string Index = "_[_]";
    public const string OptionalIndex = "_[?_]";

    private static readonly Dictionary<string, (string Sign, int Level)> Binary = new(StringComparer.Ordinal)
    {
        [Multiply] = ("*", 5),
        [Divide] = ("/", 5),
        [Modulo] = ("%", 5),
        [Add] = ("+", 4),
        [Subtract] = ("-", 4),
        [Equal] = ("==", 3),
        [NotEqual] = ("!=", 3),
        [Less] = ("<", 3),
        [LessOrEqual] = ("<=", 3),
        [Greater] = (">", 3),
        [GreaterOrEqual] = (">=", 3),
        [In] = ("in", 3),
    };

    public static bool TryGetBinary(string function, out (string Sign, int Level) found) => Binary.TryGetValue(function, out found);

    /// <summary>The sign for messages: <c>+</c> for <c>_+_</c>.</summary>
    public static string Display(string function) => function switch
    {
        Not => "!",
        Negate => "-",
        Index or OptionalIndex => "[]",
        _ => Binary.TryGetValue(function, out (string Sign, int Level) found) ? found.Sign : function,
    };

    /// <summary>The binary operator of a token and its level; null when the token is none.</summary>
    public static (string Function, int Level)? OfToken(in Token token) => token.Kind switch
    {
        TokenKind.Star => (Multiply, 5),
        TokenKind.Slash => (Divide, 5),
        TokenKind.Percent => (Modulo, 5),
        TokenKind.Plus => (Add, 4),
        TokenKind.Minus => (Subtract, 4),
        TokenKind.Equal => (Equal, 3),
        TokenKind.NotEqual => (NotEqual, 3),
        TokenKind.Less => (Less, 3),
        TokenKind.LessOrEqual => (LessOrEqual, 3),
        TokenKind.Greater => (Greater, 3),
        TokenKind.GreaterOrEqual => (GreaterOrEqual, 3),
        TokenKind.Identifier when token.Text == "in" => (In, 3),
        _ => null,
    };
}
