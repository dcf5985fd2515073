// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>Makes any text a valid label value.</summary>
/// <remarks>Source: Kubernetes labels; the steps and their order are Kubescape's, so that both write the same labels.</remarks>
public static class LabelValue
{
    public const int MaxLength = 63;

    /// <returns>The text itself when valid (case kept), else lower-cased with <c>-</c> for what labels cannot hold.</returns>
    public static string Sanitize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsValid(text))
        {
            return text;
        }

        string value = string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = IsAllowed(source[i]) ? char.ToLowerInvariant(source[i]) : '-';
            }
        }).Trim('-');
        ReadOnlySpan<char> cut = value.AsSpan(0, Math.Min(value.Length, MaxLength));
        while (cut.Length > 0 && !char.IsAsciiLetterOrDigit(cut[0]))
        {
            cut = cut[1..];
        }

        while (cut.Length > 0 && !char.IsAsciiLetterOrDigit(cut[^1]))
        {
            cut = cut[..^1];
        }

        return cut.ToString();
    }

    public static bool IsValid(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return true;
        }

        if (text.Length > MaxLength || !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!IsAllowed(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
