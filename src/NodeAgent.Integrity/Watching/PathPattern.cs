// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;

namespace NodeAgent.Integrity.Watching;

/// <summary>A path and everything below it. <c>*</c> stands for any bytes within one name.</summary>
public sealed class PathPattern
{
    private const int MaxLength = 4096;
    private readonly byte[] _text;
    private readonly bool _isLiteral;

    private PathPattern(string text)
    {
        Text = text;
        _text = text == "/" ? [] : ByteText.Encode(text);
        _isLiteral = !text.Contains('*', StringComparison.Ordinal);
    }

    /// <summary>Shape: absolute, without a slash at its end.</summary>
    public string Text { get; }

    /// <summary>The folder from which a search begins: the path up to the first name with a <c>*</c>.</summary>
    internal string Root
    {
        get
        {
            int star = Text.IndexOf('*', StringComparison.Ordinal);
            string before = star < 0 ? Text : Text[..Text.LastIndexOf('/', star)];
            return before.Length == 0 ? "/" : before;
        }
    }

    /// <exception cref="FormatException">It is no absolute path, or leads upwards.</exception>
    public static PathPattern Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' is not an absolute path without . and ..");

    /// <returns>Null: it is no absolute path, or leads upwards.</returns>
    public static PathPattern? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] names = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return !text.StartsWith('/') || text.Length > MaxLength || text.Contains('\0', StringComparison.Ordinal) || names.Any(name => name is "." or "..")
            ? null
            : new PathPattern("/" + string.Join('/', names));
    }

    /// <summary>True for the path itself and for all below it.</summary>
    /// <param name="path">Shape: absolute, of bytes.</param>
    internal bool Covers(ReadOnlySpan<byte> path) =>
        _isLiteral ? path.StartsWith(_text) && (path.Length == _text.Length || path[_text.Length] == '/') : CoversNames(path);

    /// <summary>True when something below the folder may be covered.</summary>
    internal bool MayReach(ReadOnlySpan<byte> folder)
    {
        ReadOnlySpan<byte> pattern = _text;
        while (TryTake(ref folder, out ReadOnlySpan<byte> name))
        {
            if (!TryTake(ref pattern, out ReadOnlySpan<byte> wanted))
            {
                return true;
            }

            if (!Matches(wanted, name))
            {
                return false;
            }
        }

        return true;
    }

    private bool CoversNames(ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith((byte)'/'))
        {
            return false;
        }

        ReadOnlySpan<byte> pattern = _text;
        while (TryTake(ref pattern, out ReadOnlySpan<byte> wanted))
        {
            if (!TryTake(ref path, out ReadOnlySpan<byte> name) || !Matches(wanted, name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        path = path.TrimStart((byte)'/');
        int slash = path.IndexOf((byte)'/');
        name = slash < 0 ? path : path[..slash];
        path = path[name.Length..];
        return !name.IsEmpty;
    }

    // The last star that was passed takes one byte more whenever the rest does not fit.
    private static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        int at = 0, star = -1, taken = 0, next = 0;
        while (at < name.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                (star, taken) = (next++, at);
            }
            else if (next < pattern.Length && pattern[next] == name[at])
            {
                next++;
                at++;
            }
            else if (star >= 0)
            {
                (next, at) = (star + 1, ++taken);
            }
            else
            {
                return false;
            }
        }

        return !pattern[next..].ContainsAnyExcept((byte)'*');
    }
}
