// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>A secret for each place that has one, each another, so that a leak says where it came from.</summary>
internal sealed class Secrets
{
    private readonly Dictionary<string, string> _all = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> All => _all;

    /// <param name="place">Shape: <c>admin.conf token</c>.</param>
    public string this[string place]
    {
        get
        {
            if (!_all.TryGetValue(place, out string? secret))
            {
                _all[place] = secret = "q" + RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyz23456789", 27);
            }

            return secret;
        }
    }
}
