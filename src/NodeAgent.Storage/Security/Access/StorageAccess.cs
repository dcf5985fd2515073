// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Storage.Auditing;

namespace NodeAgent.Storage.Security.Access;

/// <summary>Who is let in and what they may do. The default: whoever has the server's own token may do everything.</summary>
public sealed class StorageAccess
{
    /// <summary>Whether the token that the server made itself is a master's, and written into a kubeconfig.</summary>
    public bool OwnToken { get; init; } = true;

    /// <summary>Asked about other bearer tokens; null = they are nobody's.</summary>
    public ITokenReviewer? Tokens { get; init; }

    /// <summary>Asked at each request: what is trusted may change. Null = no client certificate means anything.</summary>
    public Func<ClientTrust>? Trust { get; init; }

    /// <summary>Asked first about what somebody may do, at each request; null = no rules.</summary>
    public Func<RoleRules>? Rules { get; init; }

    /// <summary>Asked about what no rule allows; null = it is forbidden.</summary>
    public IAccessReviewer? Reviewer { get; init; }

    /// <summary>How long answers hold.</summary>
    public AccessTimes Times { get; init; } = new();

    /// <summary>Why callers cannot be told apart yet, for <c>/readyz</c>; null = they can.</summary>
    public Func<string?>? NotReady { get; init; }

    /// <summary>Writes <c>/metrics</c>; null = there is no such address.</summary>
    public Action<IBufferWriter<byte>>? Metrics { get; init; }

    /// <summary>Takes one line of JSON for each request, and is taken over; null = none is kept.</summary>
    public IAuditSink? Audit { get; init; }
}

/// <summary>How long answers of those who decide hold. Zero: each request asks.</summary>
public sealed record AccessTimes
{
    public TimeSpan Token { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of a token that is nobody's.</summary>
    public TimeSpan RefusedToken { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Allowed { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Denied { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Units: answers of each sort that are kept.</summary>
    public int Size { get; init; } = 8192;
}
