// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.StorageHost;

/// <summary>Event ids 10000–10999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(10000, LogLevel.Information, "node-agent-storage {Version}, data in {Directory}, listening on {Address}")]
    public static partial void Starting(ILogger logger, string version, string directory, string address);

    [LoggerMessage(10001, LogLevel.Information, "The API server {Host} says who callers are and what they may")]
    public static partial void Delegating(ILogger logger, string host);

    [LoggerMessage(10002, LogLevel.Information, "Trusting {Clients} authorities of clients and {Proxies} of the front proxy, whose names are [{Names}]")]
    public static partial void TrustRead(ILogger logger, int clients, int proxies, string names);

    [LoggerMessage(10003, LogLevel.Error, "Config map {Name} cannot be used ({Reason}); what was read before stays in force")]
    public static partial void TrustUnreadable(ILogger logger, string name, string reason);

    [LoggerMessage(10004, LogLevel.Warning, "Config map {Name} is not there: no client certificate and no front proxy is trusted")]
    public static partial void TrustGone(ILogger logger, string name);
}
