// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Storage;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.StorageHost.Configuration;

/// <summary>Every setting of the storage as a program. Keys, flags and texts stand in <see cref="HostSettings"/>.</summary>
public sealed class HostOptions
{
    public string DataDirectory
    {
        get => Storage.DataDirectory;
        set => Storage.DataDirectory = value;
    }

    /// <summary>Least level of what is logged to standard error.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    public const string NoCluster = "none";

    /// <summary>Shape: paths of kubeconfigs, <see cref="NoCluster"/>, or empty: that of the cluster we run in, if any.</summary>
    public string Kubeconfig { get; set; } = string.Empty;

    /// <summary>Longest wait for the API server's word about a caller.</summary>
    public TimeSpan ReviewTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Tokens may be bound to it, beside those that are the API server's; empty = only the latter.</summary>
    public string TokenAudience { get; set; } = string.Empty;

    /// <summary>Stand-alone: whose client certificates count. Shape: PEM; null = nobody's.</summary>
    public string? ClientAuthorityFile { get; set; }

    /// <summary>Stand-alone: what users and groups may. Null = nothing.</summary>
    public string? RulesFile { get; set; }

    public TimeSpan TokenTime { get; set; } = Times.Token;

    public TimeSpan RefusedTokenTime { get; set; } = Times.RefusedToken;

    public TimeSpan AllowedTime { get; set; } = Times.Allowed;

    public TimeSpan DeniedTime { get; set; } = Times.Denied;

    /// <summary>Units: answers of each sort.</summary>
    public int CacheSize { get; set; } = Times.Size;

    /// <summary>Shape: a path, <c>-</c> for standard output, empty for none.</summary>
    public string AuditFile { get; set; } = string.Empty;

    public long AuditFileMaxBytes { get; set; } = 100L << 20;

    /// <summary>Units: files, the current one included.</summary>
    public int AuditFileMaxCount { get; set; } = 5;

    private static AccessTimes Times { get; } = new();

    /// <summary>Of the server itself. Each agent keeps a connection or two: those of a large cluster have to fit.</summary>
    public StorageOptions Storage { get; } = new() { DataDirectory = "/var/lib/node-agent-storage", ListenAddress = "127.0.0.1:8443", MaxConnections = 4096 };
}
