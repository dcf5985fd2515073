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

    [LoggerMessage(6011, LogLevel.Warning, "Database {Path} is that of the backup {Backup}: {Count} objects, goes on at revision {Revision}")]
    public static partial void Restored(ILogger logger, string path, string backup, long count, long revision);

    [LoggerMessage(6012, LogLevel.Error, "The backup {Backup} cannot be used: {Reason}")]
    public static partial void BackupUnusable(ILogger logger, string backup, string reason);

    [LoggerMessage(6013, LogLevel.Information, "{Files} read again: their text is another")]
    public static partial void FilesReloaded(ILogger logger, string files);

    [LoggerMessage(6014, LogLevel.Error, "{Files} cannot be used ({Reason}); what was read before stays in force")]
    public static partial void FilesUnusable(ILogger logger, string files, string reason);

    [LoggerMessage(6050, LogLevel.Warning, "Database {Database} takes no writes now: {Reason}")]
    public static partial void DatabaseLost(ILogger logger, string database, string reason);

    [LoggerMessage(6051, LogLevel.Information, "Database {Database} takes writes again")]
    public static partial void DatabaseBack(ILogger logger, string database);

    [LoggerMessage(6052, LogLevel.Information, "The connection that listens for changes of other replicas ended ({Reason}); it is made anew")]
    public static partial void ListenerLost(ILogger logger, string reason);

    [LoggerMessage(6053, LogLevel.Warning, "A commit was not answered ({Reason}); the database is asked what became of it")]
    public static partial void CommitUnanswered(ILogger logger, string reason);

    [LoggerMessage(6054, LogLevel.Information, "The commit that was not answered was {Outcome}")]
    public static partial void CommitResolved(ILogger logger, string outcome);

    [LoggerMessage(6055, LogLevel.Warning, "Changes are committed but reach the watchers later: {Reason}")]
    public static partial void FeedLate(ILogger logger, string reason);

    [LoggerMessage(6056, LogLevel.Warning, "Changes after revision {Known} up to {Oldest} are forgotten already; every watch of this replica begins anew")]
    public static partial void ChangesMissed(ILogger logger, long known, long oldest);

    [LoggerMessage(6057, LogLevel.Error, "The database is at revision {Found} and was at {Known}: its newest changes are lost. It goes on at {Leapt}, and every watch begins anew")]
    public static partial void DatabaseWentBack(ILogger logger, long found, long known, long leapt);

    [LoggerMessage(6058, LogLevel.Warning, "Database {Database} runs with fsync off: acknowledged writes can be lost when its machine stops")]
    public static partial void DatabaseNotDurable(ILogger logger, string database);

    [LoggerMessage(6060, LogLevel.Warning, "Following owners was interrupted ({Reason}); everything is looked at again")]
    public static partial void CollectorInterrupted(ILogger logger, string reason);

    [LoggerMessage(6061, LogLevel.Warning, "{Key} could not be collected or released ({Reason}); it is tried again")]
    public static partial void CollectionFailed(ILogger logger, string key, string reason);

    [LoggerMessage(6062, LogLevel.Warning, "Nothing is collected: {Reason}")]
    public static partial void RetentionWaits(ILogger logger, string reason);

    [LoggerMessage(6063, LogLevel.Information, "Collected {Key}: {Reason}")]
    public static partial void Collected(ILogger logger, string key, string reason);

    [LoggerMessage(6064, LogLevel.Error, "{Damage}")]
    public static partial void ObjectDamaged(ILogger logger, string damage);
}
