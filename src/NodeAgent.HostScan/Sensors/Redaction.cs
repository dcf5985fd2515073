// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeAgent.HostScan.Sensors;

/// <summary>Takes secrets out of what is told of a host: by the name of the flag or member that has them, and by their own shape.</summary>
/// <remarks>
/// It errs on the side of silence: what is named like a secret is one, unless its name says that it is a file, a time or a switch. A secret without a telling name or
/// shape cannot be known as one, so files that hold credentials are never read for their contents at all.
/// </remarks>
public static partial class Redaction
{
    public const string Redacted = "<redacted>";

    private static readonly string[] SecretWords =
    [
        "password", "passwd", "passphrase", "passcode", "secret", "token", "credential", "apikey", "accesskey", "privatekey", "keydata", "authorization", "urlheader", "cookie",
        "bearer", "datastoreendpoint", "cryptkey", "encryptionkey", "sharedkey", "signingkey",
    ];

    // The value names a thing or measures one.
    private static readonly string[] HarmlessEnds =
    [
        "file", "files", "path", "dir", "directory", "ttl", "timeout", "expiration", "seconds", "period", "duration", "enabled", "lookup", "mode", "name", "syncs", "strategy", "policy",
        "size", "limit", "count", "version", "type", "class", "provider", "providers", "audience", "audiences", "issuer", "namespace", "algorithm", "algorithms",
        "config", "paths", "plugins", "webhook",
    ];

    /// <summary>The arguments of a process with blanks between them, without secrets and without characters that a terminal would act on.</summary>
    public static string CommandLine(IReadOnlyList<string> arguments) => string.Join(' ', Arguments(arguments));

    /// <summary>The arguments, as <see cref="CommandLine"/> tells them.</summary>
    public static IReadOnlyList<string> Arguments(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var told = new List<string>(arguments.Count);
        bool isSecretNext = false;
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            bool isFlag = argument.StartsWith('-');
            if (isSecretNext && !isFlag)
            {
                told.Add(Redacted);
                isSecretNext = false;
                continue;
            }

            isSecretNext = isFlag && equals < 0 && IsSecretName(argument);
            told.Add(equals > 0 ? Printable($"{argument[..equals]}={Assigned(argument[..equals], argument[(equals + 1)..])}") : Printable(Text(argument)));
        }

        return told;
    }

    /// <summary>What may be told of the value of a flag, a variable or a member of a file.</summary>
    public static string Value(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return IsSecretName(name) && !IsHarmless(value) ? Redacted : Printable(Text(value));
    }

    /// <param name="name">Shape: <c>--token</c>, <c>client-key-data</c>, <c>REGISTRY_PASSWORD</c>, <c>auth.password</c>.</param>
    public static bool IsSecretName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string last = name[(name.LastIndexOf('.') + 1)..];
        string plain = string.Concat(last.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return (plain is "auth" or "identitytoken" || SecretWords.Any(word => plain.Contains(word, StringComparison.Ordinal)))
            && !HarmlessEnds.Any(end => plain.EndsWith(end, StringComparison.Ordinal));
    }

    /// <summary>Whether all that a map of this name holds is secret: <c>auth: {…}</c>. How access is decided (<c>authorization</c>) is none.</summary>
    internal static bool HoldsSecrets(string name) => name != "authorization" && IsSecretName(name);

    /// <summary>A text without what has the shape of a secret.</summary>
    internal static string Text(string text)
    {
        text = UserOfUrl().Replace(text, $"$1:{Redacted}@");
        text = Header().Replace(text, $"$1 {Redacted}");
        text = BootstrapToken().Replace(text, Redacted);
        text = Jwt().Replace(text, Redacted);
        text = AccessKey().Replace(text, Redacted);
        return PrivateKey().Replace(text, Redacted);
    }

    // Values of values: --kube-apiserver-arg=token=x, --set=auth.password=x.
    private static string Assigned(string name, string value)
    {
        if (IsSecretName(name))
        {
            return IsHarmless(value) ? value : Redacted;
        }

        int equals = value.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? $"{value[..equals]}={Assigned(value[..equals], value[(equals + 1)..])}" : Text(value);
    }

    // Switches, and empty ones. A number or a time may be a password: only names say that it is none.
    private static bool IsHarmless(string value) => value is "true" or "false" or "";

    private static string Printable(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var made = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            _ = char.IsControl(letter) ? made.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : made.Append(letter);
        }

        return made.ToString();
    }

    [GeneratedRegex(@"(://[^\s:/@]*):[^\s/@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserOfUrl();

    [GeneratedRegex(@"\b(bearer|basic)\s+[^\s""']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    // Source: kubeadm's bootstrap tokens, and those of k3s with the hash of the authority before them.
    [GeneratedRegex(@"\b(K10[0-9a-f]{64}::\S+|[a-z0-9]{6}\.[a-z0-9]{16}\b)", RegexOptions.CultureInvariant)]
    private static partial Regex BootstrapToken();

    // Bounded, since each of many beginnings would else look at all that follows.
    [GeneratedRegex(@"\beyJ[\w-]{8,256}\.[\w-]+\.[\w-]*", RegexOptions.CultureInvariant)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"\b(AKIA|ASIA)[A-Z0-9]{16}\b", RegexOptions.CultureInvariant)]
    private static partial Regex AccessKey();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();
}
