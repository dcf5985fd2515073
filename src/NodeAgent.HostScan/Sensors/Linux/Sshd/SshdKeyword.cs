// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.HostScan.Sensors.Linux.Sshd;

/// <summary>A keyword of sshd_config, as far as security rests on it.</summary>
/// <param name="Default">What is in force where no file says it; null = nothing, or a list that is built into the program.</param>
/// <param name="Since">The version in which the default came to be, times hundred: 8.7 = 807.</param>
/// <param name="Before">The default of older ones.</param>
internal sealed record SshdKeyword(string Name, SshdValue Shape, string? Default, int Since = 0, string? Before = null)
{
    /// <summary>By the name in lower case. Source: sshd_config(5), OpenSSH's release notes.</summary>
    public static IReadOnlyDictionary<string, SshdKeyword> All { get; } = new SshdKeyword[]
    {
        new("acceptenv", SshdValue.List, null),
        new("addressfamily", SshdValue.Word, "any"),
        new("allowagentforwarding", SshdValue.Word, "yes"),
        new("allowgroups", SshdValue.List, null),
        new("allowstreamlocalforwarding", SshdValue.Word, "yes"),
        new("allowtcpforwarding", SshdValue.Word, "yes"),
        new("allowusers", SshdValue.List, null),
        new("authenticationmethods", SshdValue.Text, "any"),
        new("authorizedkeyscommand", SshdValue.Text, "none"),
        new("authorizedkeyscommanduser", SshdValue.Text, "none"),
        new("authorizedkeysfile", SshdValue.Text, ".ssh/authorized_keys .ssh/authorized_keys2"),
        new("authorizedprincipalsfile", SshdValue.Text, "none"),
        new("banner", SshdValue.Text, "none"),
        new("casignaturealgorithms", SshdValue.Text, null),
        new("chrootdirectory", SshdValue.Text, "none"),
        new("ciphers", SshdValue.Text, null),
        new("clientalivecountmax", SshdValue.Number, "3"),
        new("clientaliveinterval", SshdValue.Time, "0"),
        new("denygroups", SshdValue.List, null),
        new("denyusers", SshdValue.List, null),
        new("disableforwarding", SshdValue.Word, "no"),
        new("exposeauthinfo", SshdValue.Word, "no"),
        new("fingerprinthash", SshdValue.Upper, "SHA256"),
        new("forcecommand", SshdValue.Text, "none"),
        new("gatewayports", SshdValue.Word, "no"),
        new("gssapiauthentication", SshdValue.Word, "no"),
        new("hostbasedauthentication", SshdValue.Word, "no"),
        new("hostkeyalgorithms", SshdValue.Text, null),
        new("ignorerhosts", SshdValue.Word, "yes"),
        new("ignoreuserknownhosts", SshdValue.Word, "no"),
        new("kbdinteractiveauthentication", SshdValue.Word, "yes"),
        new("kerberosauthentication", SshdValue.Word, "no"),
        new("kexalgorithms", SshdValue.Text, null),
        new("listenaddress", SshdValue.List, null),
        new("logingracetime", SshdValue.Time, "120"),
        new("loglevel", SshdValue.Upper, "INFO"),
        new("macs", SshdValue.Text, null),
        new("maxauthtries", SshdValue.Number, "6"),
        new("maxsessions", SshdValue.Number, "10"),
        new("maxstartups", SshdValue.Text, "10:30:100"),
        new("passwordauthentication", SshdValue.Word, "yes"),
        new("permitemptypasswords", SshdValue.Word, "no"),
        new("permitlisten", SshdValue.Text, "any"),
        new("permitopen", SshdValue.Text, "any"),
        new("permitrootlogin", SshdValue.Word, "prohibit-password", 700, "yes"),
        new("permittunnel", SshdValue.Word, "no"),
        new("permituserenvironment", SshdValue.Word, "no"),
        new("permituserrc", SshdValue.Word, "yes"),
        new("port", SshdValue.List, "22"),
        new("pubkeyacceptedalgorithms", SshdValue.Text, null),
        new("pubkeyauthentication", SshdValue.Word, "yes"),
        new("requiredrsasize", SshdValue.Number, "1024", 901),
        new("strictmodes", SshdValue.Word, "yes"),
        new("subsystem", SshdValue.Pairs, null),
        new("syslogfacility", SshdValue.Upper, "AUTH"),
        new("tcpkeepalive", SshdValue.Word, "yes"),
        new("trustedusercakeys", SshdValue.Text, "none"),
        new("usedns", SshdValue.Word, "no", 608, "yes"),
        new("usepam", SshdValue.Word, "no"),
        new("x11forwarding", SshdValue.Word, "no"),
        new("x11uselocalhost", SshdValue.Word, "yes"),
    }.ToDictionary(keyword => keyword.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, string> OldNames = new(StringComparer.Ordinal)
    {
        ["challengeresponseauthentication"] = "kbdinteractiveauthentication",
        ["skeyauthentication"] = "kbdinteractiveauthentication",
        ["pubkeyacceptedkeytypes"] = "pubkeyacceptedalgorithms",
        ["rsaminsize"] = "requiredrsasize",
    };

    public bool Accumulates => Shape is SshdValue.List or SshdValue.Pairs;

    /// <returns>Null = not one of those that are told.</returns>
    public static SshdKeyword? Find(string name) => All.GetValueOrDefault(OldNames.GetValueOrDefault(name, name));

    /// <returns>Null = there is none in this version.</returns>
    public string? DefaultOf(int version) => version == 0 || version >= Since ? Default : Before;

    /// <summary>Units: seconds.</summary>
    /// <param name="text">Shape: <c>1h30m</c>, <c>90</c>. Source: sshd_config(5), TIME FORMATS.</param>
    /// <returns>Null = no time.</returns>
    public static long? Seconds(string text)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        long total = 0;
        int begin = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            long unit = i == text.Length ? 1 : char.ToLowerInvariant(text[i]) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
            if (i == text.Length && begin == i && i > 0)
            {
                break;
            }

            if (unit == 0 || !int.TryParse(text.AsSpan(begin, i - begin), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return null;
            }

            total += number * unit;
            begin = i + 1;
        }

        return total;
    }
}

/// <summary>What the value of a keyword is.</summary>
internal enum SshdValue
{
    /// <summary>One word, told in lower case.</summary>
    Word,

    /// <summary>One word, told in upper case.</summary>
    Upper,

    Number,

    /// <summary>Told in seconds.</summary>
    Time,

    /// <summary>Words as they stand.</summary>
    Text,

    /// <summary>Words; each line adds to them.</summary>
    List,

    /// <summary>A name and what belongs to it; each line is one of the list.</summary>
    Pairs,
}
