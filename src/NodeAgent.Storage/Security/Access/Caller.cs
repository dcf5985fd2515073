// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Security.Access;

/// <summary>Who asks. Source: Kubernetes API, authentication.k8s.io/v1 UserInfo.</summary>
public sealed record Caller(string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    /// <summary>May do everything, everywhere in Kubernetes.</summary>
    public const string Masters = "system:masters";

    private const string Authenticated = "system:authenticated";
    private const string Unauthenticated = "system:unauthenticated";

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> NoExtra { get; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Everybody who said who they are is of one group.</summary>
    internal Caller WithAuthenticated() =>
        Groups.Contains(Authenticated) || Groups.Contains(Unauthenticated) ? this : this with { Groups = [.. Groups, Authenticated] };
}

/// <summary>What is asked. Source: Kubernetes API, authorization.k8s.io/v1 SubjectAccessReviewSpec.</summary>
/// <param name="Verb">Shape: <c>get</c>, <c>list</c>, …; of an address that is no resource: the method in lower case.</param>
/// <param name="Resource">Empty: it is about <paramref name="Path"/>.</param>
/// <param name="ObjectNamespace">Empty: the whole cluster.</param>
/// <param name="Name">Empty: all of them.</param>
public sealed record AccessRequest(
    Caller Caller, string Verb, string Group, string Version, string Resource, string Subresource, string ObjectNamespace, string Name, string Path)
{
    public bool IsResource => Resource.Length > 0;
}

/// <param name="Reason">Goes to the caller behind the sentence that forbids; empty = none.</param>
public sealed record AccessDecision(bool Allowed, string Reason);
