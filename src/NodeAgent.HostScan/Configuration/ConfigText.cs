// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Configuration;

/// <summary>Reads configuration of the formats that nodes have, with the lines.</summary>
/// <remarks>
/// The texts are the host's and may be anything: every reader has a bound for depth and number of values, and its only answer to a bad text is
/// <see cref="FormatException"/>, whose message tells the line and nothing of the text, since that may be a secret.
/// </remarks>
public static class ConfigText
{
    internal const int Deepest = 64;
    internal const int MostNodes = 50_000;

    /// <summary>Twice a file of the greatest length that is read: what aliases name counts again.</summary>
    internal const int MostLetters = 2 << 20;

    /// <summary>A text that is JSON if it begins so, and YAML else: as Kubernetes reads its files.</summary>
    /// <returns>The first document that is not empty; null when there is none.</returns>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ConfigNode? ParseYamlOrJson(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().TrimStart("\uFEFF \t\r\n") is ['{', ..])
        {
            try
            {
                return JsonConfig.Parse(text);
            }
            catch (FormatException)
            {
                // A map of YAML may begin so too.
            }
        }

        return YamlConfig.Parse(text);
    }

    /// <exception cref="FormatException">It is no TOML.</exception>
    public static ConfigNode ParseToml(string text) => TomlConfig.Parse(text);

    internal static FormatException Bad(int line, string what) => new($"line {line}: {what}");

    internal static FormatException TooMuch(int line) => Bad(line, $"more than {Deepest} levels or {MostNodes} values, or too much text");
}
