// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using NodeAgent.Api.Meta;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>How long a server asks to be left alone.</summary>
internal static class RetryAfter
{
    /// <summary>A server that is out of its mind must not silence us for a day.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <returns>Null when the server named no time; else 0 to <see cref="Longest"/>.</returns>
    public static TimeSpan? Of(HttpResponseHeaders headers, Status? status)
    {
        TimeSpan? wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,

            // A date counts from the server's clock, not from ours.
            { Date: { } date } when headers.Date is { } now => date - now,
            _ => status?.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        return wait is { } time ? TimeSpan.FromTicks(Math.Clamp(time.Ticks, 0, Longest.Ticks)) : null;
    }
}
