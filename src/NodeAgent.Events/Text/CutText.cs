// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Text;

/// <summary>Text with an upper bound.</summary>
public static class CutText
{
    /// <summary>Ends a text that was cut.</summary>
    public const string Mark = "…";

    /// <param name="most">At least 1.</param>
    /// <returns>No longer than that, with <see cref="Mark"/> at its end where something was cut off.</returns>
    public static string Marked(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : string.Concat(Start(text, most - 1), Mark);
    }

    /// <returns>So many characters from the beginning, one less where that would halve a pair of surrogates; all when there are fewer.</returns>
    public static ReadOnlySpan<char> Start(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : text.AsSpan(0, most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most);
    }
}
