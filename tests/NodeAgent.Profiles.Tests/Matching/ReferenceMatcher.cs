// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Text.RegularExpressions;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Text;

namespace NodeAgent.Profiles.Tests.Matching;

/// <summary>The matching rules once more, slowly: every entry is asked, every choice is tried. Shares no code with the source.</summary>
/// <remarks>Source: Kubescape's CompareDynamic, MatchExecArgs, MatchIP and MatchDNS.</remarks>
internal sealed partial class ReferenceMatcher(ContainerProfileSpec spec)
{
    public bool Executed(byte[] path) => spec.Execs!.Any(e => Path(e.Path ?? string.Empty, Text(path)));

    public bool Executed(byte[] path, byte[][] arguments) =>
        spec.Execs!.Any(e => Path(e.Path ?? string.Empty, Text(path)) && Arguments([.. e.Args ?? []], [.. arguments.Select(Argument)]));

    public bool Opened(byte[] path) => spec.Opens!.Any(o => Path(o.Path ?? string.Empty, Text(path)));

    public bool Called(byte[] address, int port, string protocol) => spec.Egress!.Any(n =>
        (n.IpAddresses ?? []).Append(n.IpAddress ?? string.Empty).Any(text => Address(text, address))
        && (n.Ports is not { Count: > 0 } || n.Ports.Any(p => p.Port == port && string.Equals(p.Protocol, protocol, StringComparison.OrdinalIgnoreCase))));

    public bool Asked(string name) => spec.Egress!.Any(n => (n.DnsNames ?? []).Append(n.Dns ?? string.Empty).Any(pattern => Domain(pattern, name)));

    public static string Text(byte[] path)
    {
        string text = string.Join('/', ByteText.Decode(path).Split('/').Select(s => s == "*" ? @"\x2A" : s == "⋯" ? @"\xE2\x8B\xAF" : s));
        return ProcessId().Replace(text, m => "/proc/⋯" + (m.Groups[1].Length > 0 ? "/task/⋯" : string.Empty));
    }

    public static bool Path(string pattern, string path)
    {
        if (pattern.Length == 0 || path.Length == 0)
        {
            return false;
        }

        string[] left = pattern.TrimEnd('/').Split('/');
        string[] right = path.TrimEnd('/').Split('/');
        bool trailing = left[^1] == "*";

        // fits[p, s]: the first p segments of the pattern can be the first s of the path
        var fits = new bool[left.Length + 1, right.Length + 1];
        fits[0, 0] = true;
        for (int p = 1; p <= left.Length; p++)
        {
            bool star = left[p - 1] == "*";
            for (int s = 0; s <= right.Length; s++)
            {
                fits[p, s] = star ? fits[p - 1, s] || (s > 0 && fits[p, s - 1])
                    : s > 0 && fits[p - 1, s - 1] && (left[p - 1] == "⋯" || left[p - 1] == right[s - 1]);
            }
        }

        if (!trailing)
        {
            return fits[left.Length, right.Length];
        }

        // A run of stars is one star, and at the end it needs a segment of its own.
        int before = Array.FindLastIndex(left, segment => segment != "*") + 1;
        return Enumerable.Range(0, right.Length).Any(s => fits[before, s]);
    }

    public static bool Domain(string pattern, string name)
    {
        string[] labels = Labels(pattern);
        string[] actual = Labels(name);
        if (pattern.Contains("**", StringComparison.Ordinal) || labels is [""] || actual is [""])
        {
            return false;
        }

        bool open = labels.Length > 1 && labels[^1] == "*";
        string expression = string.Join(@"\.", labels.Select((label, i) =>
            label == "⋯" || (label == "*" && i == 0) ? "[^.]*" : label == "*" && open && i == labels.Length - 1 ? ".*" : Regex.Escape(label)));
        return Regex.IsMatch(string.Join('.', actual), $"^(?:{expression})$", RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }

    private static string[] Labels(string name) =>
        (name.EndsWith('.') ? name[..^1] : name).ToLowerInvariant().Split('.');

    private static string Argument(byte[] argument) => ByteText.Decode(argument).Replace("⋯", @"\xE2\x8B\xAF", StringComparison.Ordinal);

    private static bool Arguments(string[] pattern, string[] arguments) => pattern switch
    {
        [] => arguments.Length == 0,
        ["⋯⋯", .. var rest] => Enumerable.Range(0, arguments.Length + 1).Any(n => Arguments(rest, arguments[n..])),
        [var first, .. var rest] => arguments.Length > 0 && One(first, arguments[0]) && Arguments(rest, arguments[1..]),
    };

    private static bool One(string pattern, string argument)
    {
        string[] left = pattern.Split('/');
        string[] right = argument.Split('/');
        return pattern == "⋯" || (left.Length == right.Length && left.Zip(right).All(pair => pair.First == "⋯" || pair.First == pair.Second));
    }

    // An address as one number, of 32 or 128 bits; a v4-mapped one is its IPv4 address.
    private static bool Address(string pattern, byte[] address)
    {
        string[] parts = pattern.Split('/');
        if (pattern == "*")
        {
            return true;
        }

        if (parts.Length > 2 || !System.Net.IPAddress.TryParse(parts[0], out System.Net.IPAddress? network))
        {
            return false;
        }

        byte[] bytes = network.GetAddressBytes();
        int length = parts.Length == 2 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : bytes.Length * 8;
        if (network.IsIPv4MappedToIPv6 && length >= 96)
        {
            bytes = bytes[12..];
            length -= 96;
        }

        int host = (bytes.Length * 8) - length;
        return bytes.Length == address.Length && host >= 0
            && new BigInteger(bytes, true, true) >> host == new BigInteger(address, true, true) >> host;
    }

    [GeneratedRegex("^/proc/[0-9]+(/task/[0-9]+)?(?=/|$)")]
    private static partial Regex ProcessId();
}
