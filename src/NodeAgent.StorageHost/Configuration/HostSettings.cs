// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Storage.Collection;
using Setting = NodeAgent.Configuration.Setting<NodeAgent.StorageHost.Configuration.HostOptions>;

namespace NodeAgent.StorageHost.Configuration;

/// <summary>The list of all settings: the schema of the file, the environment and the flags at once.</summary>
public static class HostSettings
{
    // An address may hold a password.
    private const string Hidden = "(set)";

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("dataDirectory", "--data-dir", "DIR", "Directory of the database and of the credentials that the server makes itself", (o, v) => o.DataDirectory = Path.GetFullPath(SettingValue.NotEmpty(v)), o => o.DataDirectory),
        new("listen.address", "--listen", "ADDRESS:PORT", "Address of the Kubernetes API, over TLS", (o, v) => o.Storage.ListenAddress = SettingValue.Endpoint(v), o => o.Storage.ListenAddress),
        new("logLevel", "--log-level", "LEVEL", "Least level of log lines: Trace, Debug, Information, Warning, Error, Critical, None", (o, v) => o.LogLevel = SettingValue.Enumeration<LogLevel>(v), o => o.LogLevel.ToString()),

        new("database.address", "--database", "ADDRESS", "postgres://user@host:5432/database?sslmode=verify-full, or a connection string of Npgsql; empty = SQLite in the data directory", (o, v) => o.Storage.Database = v, o => o.Storage.Database.Length == 0 ? string.Empty : Hidden),
        new("database.passwordFile", "--database-password-file", "FILE", "File that holds the password of that database and nothing else, read at each connect; empty = none", (o, v) => o.Storage.DatabasePasswordFile = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Storage.DatabasePasswordFile),
        new("database.backupFile", "--backup-file", "FILE", "A backup that takes the place of a database that is found damaged at start; empty = none", (o, v) => o.Storage.BackupFile = PathOrNull(v), o => o.Storage.BackupFile ?? string.Empty),

        File("tls.certFile", "--tls-cert-file", "Certificate of the server, with what stands above it, PEM; followed. Empty = the server makes one itself", o => o.Storage.TlsCertificateFile, (o, v) => o.Storage.TlsCertificateFile = v),
        File("tls.keyFile", "--tls-private-key-file", "Key of that certificate, PEM; followed", o => o.Storage.TlsKeyFile, (o, v) => o.Storage.TlsKeyFile = v),
        File("tls.clientCaFile", "--client-ca-file", "Stand-alone: authorities whose client certificates name users (CN) and groups (O), PEM; followed", o => o.ClientAuthorityFile, (o, v) => o.ClientAuthorityFile = v),

        new("kubernetes.kubeconfig", "--kubeconfig", "FILE", "Credentials of the API server that says who callers are and what they may; empty = that of the cluster we run in, none = stand alone", (o, v) => o.Kubeconfig = v.Length == 0 || v == HostOptions.NoCluster ? v : string.Join(Path.PathSeparator, v.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)), o => o.Kubeconfig),
        File("access.rulesFile", "--access-rules-file", "Stand-alone: what users and groups may, YAML; followed", o => o.RulesFile, (o, v) => o.RulesFile = v),
        new("access.tokenAudience", "--token-audience", "NAME", "In a cluster: service-account tokens made for this audience count too, which are worth nothing elsewhere; empty = only those made for the API server", (o, v) => o.TokenAudience = v, o => o.TokenAudience),
        Duration("access.reviewTimeout", "--review-timeout", "Longest wait for the API server's word about a caller", TimeSpan.FromMilliseconds(100), o => o.ReviewTimeout, (o, v) => o.ReviewTimeout = v),
        Duration("access.tokenTime", "--token-cache", "How long a token's owner is remembered; 0s = not", TimeSpan.Zero, o => o.TokenTime, (o, v) => o.TokenTime = v),
        Duration("access.refusedTokenTime", "--refused-token-cache", "How long it is remembered that a token is nobody's; 0s = not", TimeSpan.Zero, o => o.RefusedTokenTime, (o, v) => o.RefusedTokenTime = v),
        Duration("access.allowedTime", "--allowed-cache", "How long a right is remembered; 0s = not", TimeSpan.Zero, o => o.AllowedTime, (o, v) => o.AllowedTime = v),
        Duration("access.deniedTime", "--denied-cache", "How long it is remembered that a right is missing; 0s = not", TimeSpan.Zero, o => o.DeniedTime, (o, v) => o.DeniedTime = v),
        Number("access.cacheSize", "--access-cache-size", "Answers of each sort that are remembered", o => o.CacheSize, (o, v) => o.CacheSize = v),

        new("audit.file", "--audit-file", "FILE", "File that takes one JSON line (audit.k8s.io/v1, level Metadata) for each request, - = standard output; empty = none", (o, v) => o.AuditFile = v is "" or "-" ? v : Path.GetFullPath(v), o => o.AuditFile),
        new("audit.fileMaxSize", "--audit-file-max-size", "SIZE", "Size at which the audit file is rotated", (o, v) => o.AuditFileMaxBytes = SettingValue.Size(v, 4 << 10), o => SettingValue.Show(o.AuditFileMaxBytes)),
        Number("audit.fileMaxCount", "--audit-file-max-count", "Audit files that are kept, the current one included", o => o.AuditFileMaxCount, (o, v) => o.AuditFileMaxCount = v),

        Duration("retention.interval", "--retention-interval", "Time between two looks at everything that is stored, for what is gone; 0s = nothing is collected", TimeSpan.Zero, o => o.Storage.Retention.Interval, (o, v) => o.Storage.Retention.Interval = v),
        Duration("retention.grace", "--retention-grace", "In a cluster: how long a workload, its template's version, its image or a node is to be gone before what is stored of it goes", TimeSpan.Zero, o => o.Storage.Retention.Grace, (o, v) => o.Storage.Retention.Grace = v),
        Duration("retention.maxAge", "--retention-max-age", "How long what was learned or scanned is kept since it was last written; 0s = for ever", TimeSpan.Zero, o => o.Storage.Retention.MaxAge, (o, v) => o.Storage.Retention.MaxAge = v),
        new("retention.quotas", "--retention-quotas", "KIND=N,...", "Most objects of a kind in one namespace, by plural, * = all other kinds; empty = no bound", (o, v) => o.Storage.Retention.Quotas = RetentionOptions.ParseQuotas(v), o => RetentionOptions.ShowQuotas(o.Storage.Retention.Quotas)),

        new("limits.requestSize", "--max-request-size", "SIZE", "Largest request body", (o, v) => o.Storage.MaxRequestBodyBytes = SettingValue.Size(v, 1024), o => SettingValue.Show(o.Storage.MaxRequestBodyBytes)),
        Number("limits.connections", "--max-connections", "Connections at once of callers that are known; those of others are bounded by themselves", o => o.Storage.MaxConnections, (o, v) => o.Storage.MaxConnections = v),
        Number("watch.windowEvents", "--watch-window", "Changes kept for watches that resume and lists that go on", o => o.Storage.WatchWindowEvents, (o, v) => o.Storage.WatchWindowEvents = v),
        new("watch.windowSize", "--watch-window-size", "SIZE", "Most that those changes may hold", (o, v) => o.Storage.WatchWindowBytes = SettingValue.Size(v, 1024), o => SettingValue.Show(o.Storage.WatchWindowBytes)),
        Number("watch.queueLength", "--watcher-queue", "Changes a watcher may lag behind before its watch ends with 410", o => o.Storage.WatcherQueueLength, (o, v) => o.Storage.WatcherQueueLength = v),
        Duration("watch.bookmarkInterval", "--bookmark-interval", "Time between two bookmarks of a watch that hears nothing", TimeSpan.FromSeconds(1), o => o.Storage.BookmarkInterval, (o, v) => o.Storage.BookmarkInterval = v),
        Duration("stopTimeout", "--stop-timeout", "How long a stop waits for requests under way", TimeSpan.FromMilliseconds(100), o => o.Storage.StopTimeout, (o, v) => o.Storage.StopTimeout = v),
    ];

    private static Setting Duration(string key, string flag, string help, TimeSpan least, Func<HostOptions, TimeSpan> get, Action<HostOptions, TimeSpan> set) =>
        new(key, flag, "DURATION", help, (o, v) => set(o, SettingValue.Duration(v, least)), o => SettingValue.Show(get(o)));

    private static Setting Number(string key, string flag, string help, Func<HostOptions, int> get, Action<HostOptions, int> set) =>
        new(key, flag, "N", help, (o, v) => set(o, SettingValue.Number(v, 1, 1 << 24)), o => get(o).ToString(CultureInfo.InvariantCulture));

    private static Setting File(string key, string flag, string help, Func<HostOptions, string?> get, Action<HostOptions, string?> set) =>
        new(key, flag, "FILE", help, (o, v) => set(o, PathOrNull(v)), o => get(o) ?? string.Empty);

    private static string? PathOrNull(string text) => text.Length == 0 ? null : Path.GetFullPath(text);
}
