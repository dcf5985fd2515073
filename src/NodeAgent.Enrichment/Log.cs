// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Enrichment;

/// <summary>Event ids are append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning, "metadata source {Source} failed for cgroup {CgroupPath}")]
    public static partial void MetadataSourceFailed(this ILogger logger, Exception error, string source, string cgroupPath);

    [LoggerMessage(2001, LogLevel.Warning, "the cgroup2 mount at {MountPoint} shows only a part of the tree: containers outside it are told by events alone")]
    public static partial void PartialCgroupTree(this ILogger logger, string mountPoint);

    [LoggerMessage(2002, LogLevel.Warning, "the container runtime at {SocketPath} does not answer: {Reason}")]
    public static partial void RuntimeFailed(this ILogger logger, string socketPath, string reason);
}
