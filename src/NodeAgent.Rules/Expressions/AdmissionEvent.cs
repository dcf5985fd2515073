// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>A request to the API server, as an admission webhook is told of it.</summary>
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
    ulong TimeNs, string Kind, string Name, string Namespace, string Resource, string Subresource, string Operation, string UserName, string UserUid, IReadOnlyList<string> Groups);

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
