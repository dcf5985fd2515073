// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes;

/// <summary>Log lines of the Kubernetes client. Ids 9000 to 9999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(9000, LogLevel.Error, "The API server does not permit to {Request}: give the agent's service account that permission; until then what depends on it stays unknown ({Reason})")]
    public static partial void PermissionMissing(this ILogger logger, ApiRequest request, string reason);

    [LoggerMessage(9001, LogLevel.Error, "The API server {Host} does not accept our credentials (asked to {Request})")]
    public static partial void CredentialsRefused(this ILogger logger, string host, ApiRequest request);

    [LoggerMessage(9002, LogLevel.Warning, "The API server {Host} cannot be used ({Failure}), trying on: {Reason}")]
    public static partial void RequestFailed(this ILogger logger, string host, KubernetesFailure failure, string reason);

    [LoggerMessage(9003, LogLevel.Information, "The API server {Host} answers again ({Verb})")]
    public static partial void Recovered(this ILogger logger, string host, string verb);
}
