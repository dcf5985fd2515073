// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Storage.Security;
using NodeAgent.Storage.Security.Access;
using NodeAgent.StorageHost.Configuration;

namespace NodeAgent.StorageHost.Security;

/// <summary>The files that say, on a machine that stands alone, whose certificates count and what their users may.</summary>
internal static class LocalAccess
{
    /// <returns>Null: no client certificate means anything.</returns>
    /// <remarks>Errors: <see cref="ConfigurationException"/>.</remarks>
    public static Func<ClientTrust>? Trust(HostOptions options, ILogger logger) =>
        Follow("tls.clientCaFile", options.ClientAuthorityFile, ReadAuthorities, logger);

    public static Func<RoleRules>? Rules(HostOptions options, ILogger logger) =>
        Follow("access.rulesFile", options.RulesFile, RoleRules.Parse, logger);

    private static ClientTrust ReadAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? new ClientTrust(authorities, null) : throw new FormatException("there is no certificate in it");
    }

    private static Func<T>? Follow<T>(string key, string? path, Func<string, T> read, ILogger logger)
        where T : class
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            var files = new FollowedFiles<T>([path], texts => read(texts[0]), TimeProvider.System, logger);
            return () => files.Current;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException($"setting '{key}': {path}: {error.Message}");
        }
    }
}
