// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Text;

/// <summary>Text with an upper bound.</summary>
public static class CutText
{
    /// <returns>So many characters from the beginning, one less where that would halve a pair of surrogates; all when there are fewer.</returns>
    public static ReadOnlySpan<char> Start(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most);
    }
}
