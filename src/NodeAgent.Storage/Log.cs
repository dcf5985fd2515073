// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Storage;

/// <summary>Event ids 6000–6999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Information, "Storage serves {Address}, kubeconfig {Kubeconfig}, database {Database} at revision {Revision}")]
    public static partial void Started(ILogger logger, string address, string kubeconfig, string database, long revision);

    [LoggerMessage(6001, LogLevel.Error, "Database {Path} is damaged ({Finding}); set aside as {Aside}, starting with an empty one")]
    public static partial void DatabaseSetAside(ILogger logger, string path, string aside, string finding);

    [LoggerMessage(6002, LogLevel.Error, "{Count} writes refused: {Reason}")]
    public static partial void WriteFailed(ILogger logger, int count, string reason);

    [LoggerMessage(6003, LogLevel.Error, "Request {Method} {Path} failed inside the storage")]
    public static partial void RequestFailed(ILogger logger, Exception error, string method, string path);

    [LoggerMessage(6004, LogLevel.Information, "New server certificate, valid until {NotAfter:u}")]
    public static partial void CertificateIssued(ILogger logger, DateTimeOffset notAfter);

    [LoggerMessage(6005, LogLevel.Warning, "{Path} cannot be written ({Reason}); the credentials of this run exist in memory only")]
    public static partial void CredentialsNotStored(ILogger logger, string path, string reason);

    [LoggerMessage(6006, LogLevel.Warning, "{Path} is unusable ({Reason}); made anew")]
    public static partial void CredentialsReplaced(ILogger logger, string path, string reason);

    [LoggerMessage(6007, LogLevel.Warning, "Storage is read-only: {Reason}")]
    public static partial void ReadOnly(ILogger logger, string reason);

    [LoggerMessage(6008, LogLevel.Warning, "{Path} was readable by others; its mode is 0600 now")]
    public static partial void ModeTightened(ILogger logger, string path);

    [LoggerMessage(6009, LogLevel.Error, "The server certificate could not be renewed: {Reason}")]
    public static partial void RenewalFailed(ILogger logger, string reason);

    [LoggerMessage(6010, LogLevel.Information, "Storage stopped at revision {Revision}")]
    public static partial void Stopped(ILogger logger, long revision);
}
