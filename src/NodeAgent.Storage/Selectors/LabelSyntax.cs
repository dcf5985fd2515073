// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Selectors;

/// <summary>What may be a name, a namespace, a label key and a label value. Source: RFC 1123 as Kubernetes reads it.</summary>
internal static class LabelSyntax
{
    public const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    public const string DnsLabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const int MaxSubdomain = 253;
    private const int MaxLabel = 63;

    public static bool IsSubdomain(string text) =>
        text.Length is > 0 and <= MaxSubdomain && Array.TrueForAll(text.Split('.'), part => IsAlphanumericEnded(part, IsLower, "-"));

    public static bool IsDnsLabel(string text) => text.Length <= MaxLabel && IsAlphanumericEnded(text, IsLower, "-");

    public static bool IsValue(string text) => text.Length <= MaxLabel && (text.Length == 0 || IsAlphanumericEnded(text, char.IsAsciiLetterOrDigit, "-_."));

    public static bool IsQualifiedName(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string name = text[(slash + 1)..];
        return name.Length is > 0 and <= MaxLabel
            && IsAlphanumericEnded(name, char.IsAsciiLetterOrDigit, "-_.")
            && (slash < 0 || IsSubdomain(text[..slash]));
    }

    private static bool IsLower(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');

    private static bool IsAlphanumericEnded(string text, Func<char, bool> alphanumeric, string inner) =>
        text.Length > 0 && alphanumeric(text[0]) && alphanumeric(text[^1]) && text.All(c => alphanumeric(c) || inner.Contains(c, StringComparison.Ordinal));
}
