// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events.Net;

namespace NodeAgent.Rules.Import.Conditions;

/// <summary>Addresses and networks as rules have them.</summary>
internal static class AddressBlocks
{
    /// <param name="text">Shape: an address, or one with <c>/</c> and the length of the prefix.</param>
    /// <returns>As <c>net.in_cidr</c> takes it; null when it is neither.</returns>
    public static string? Normal(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!NetAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out NetAddress address))
        {
            return null;
        }

        int most = address.IsV6 ? 128 : 32;
        int length = most;
        bool fits = slash < 0 || (int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= most);
        return fits ? string.Create(CultureInfo.InvariantCulture, $"{address}/{length}") : null;
    }
}
