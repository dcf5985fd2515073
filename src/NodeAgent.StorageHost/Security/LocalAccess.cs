// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Files;
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
        Follow("tls.clientCaFile", options.ClientAuthorityFile, pem => new ClientTrust(PemCertificates.Authorities(pem), null), logger);

    public static Func<RoleRules>? Rules(HostOptions options, ILogger logger) =>
        Follow("access.rulesFile", options.RulesFile, RoleRules.Parse, logger);

    private static Func<T>? Follow<T>(string key, string? path, Func<string, T> read, ILogger logger)
        where T : class
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            var files = new FollowedFiles<T>([path], texts => read(texts[0]), TimeProvider.System, FollowedFilesLog.To(logger));
            return () => files.Current;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException($"setting '{key}': {path}: {error.Message}");
        }
    }
}
