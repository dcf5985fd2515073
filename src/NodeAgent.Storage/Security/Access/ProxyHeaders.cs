// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.Storage.Security.Access;

/// <summary>The user as the front proxy writes it into headers. Call it only for a proxy that is believed.</summary>
internal static class ProxyHeaders
{
    /// <returns>Null: no user is named.</returns>
    public static Caller? Read(IHeaderDictionary headers, ProxyTrust proxy)
    {
        if (First(headers, proxy.UserHeaders) is not { } user)
        {
            return null;
        }

        string[] groups = [.. proxy.GroupHeaders.SelectMany(name => headers[name]).Where(value => !string.IsNullOrEmpty(value)).Select(value => value!)];
        return new Caller(user, First(headers, proxy.UidHeaders) ?? string.Empty, groups, Extra(headers, proxy.ExtraPrefixes));
    }

    private static string? First(IHeaderDictionary headers, IReadOnlyList<string> names) =>
        names.Select(name => headers[name] is [{ Length: > 0 } value, ..] ? value : null).FirstOrDefault(value => value is not null);

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> Extra(IHeaderDictionary headers, IReadOnlyList<string> prefixes)
    {
        var extra = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach ((string name, StringValues values) in headers)
        {
            foreach (string prefix in prefixes.Where(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                string key = Uri.UnescapeDataString(name[prefix.Length..].ToLowerInvariant());
                string[] before = extra.TryGetValue(key, out IReadOnlyList<string>? known) ? [.. known] : [];
                extra[key] = [.. before, .. values.Select(value => value ?? string.Empty)];
            }
        }

        return extra.Count == 0 ? Caller.NoExtra : extra;
    }
}
