// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>A request to the API server, as an admission webhook is told of it. Its texts are anybody's, bounded by whoever made it.</summary>
/// <param name="TimeNs">Units: boot ns.</param>
/// <param name="Kind">Shape: <c>PodExecOptions</c>.</param>
/// <param name="Name">Of the object.</param>
/// <param name="Namespace">Of the object; empty for one without.</param>
/// <param name="Resource">Shape: <c>pods</c>.</param>
/// <param name="Subresource">Shape: <c>exec</c>; empty = none.</param>
/// <param name="Operation">Shape: <c>CONNECT</c>.</param>
/// <param name="UserName">Who asks.</param>
/// <param name="UserUid">Empty = not told.</param>
/// <param name="Groups">Of who asks.</param>
public sealed record AdmissionEvent(
    ulong TimeNs, string Kind, string Name, string Namespace, string Resource, string Subresource, string Operation, string UserName, string UserUid, IReadOnlyList<string> Groups)
{
    /// <summary>Of the kind; empty for the core group.</summary>
    public string Group { get; init; } = string.Empty;

    /// <summary>Of the kind.</summary>
    public string Version { get; init; } = "v1";

    /// <summary>Empty for the core group.</summary>
    public string ResourceGroup { get; init; } = string.Empty;

    public string ResourceVersion { get; init; } = "v1";

    /// <summary>What is to be executed; empty where nothing is.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The options of the request; null for kinds whose object is not read.</summary>
    public AlertRequestObject? Object { get; init; }

    /// <summary>Where the pod runs; empty = here, or not known.</summary>
    public string NodeName { get; init; } = string.Empty;
}

/// <summary>The field <c>event.UserInfo</c>.</summary>
internal sealed class UserInfoObject : CelObject
{
    public static readonly CelObjectType<UserInfoObject> Type = new CelObjectType<UserInfoObject>("na.userInfo")
        .Text("Username", u => u._name)
        .Text("UID", u => u._uid)
        .List("Groups", CelType.String, u => u._groups);

    private readonly ArgumentList _groups = new();
    private CelText _name;
    private CelText _uid;

    public override CelObjectType ObjectType => Type;

    public void Begin(AdmissionEvent admission, TextArena arena)
    {
        _name = arena.Copy(admission.UserName);
        _uid = arena.Copy(admission.UserUid);
        _groups.Clear();
        foreach (string group in admission.Groups)
        {
            _groups.Add(arena.Copy(group));
        }
    }
}
