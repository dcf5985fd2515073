// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Selectors;

namespace NodeAgent.Storage.Security.Access;

/// <summary>What a request asks for, in the terms in which rights are given. Also of addresses that are not served: who may not see learns nothing.</summary>
/// <remarks>Source: k8s.io/apiserver RequestInfo.</remarks>
internal static class AccessRequests
{
    /// <param name="segments">Of the address, decoded.</param>
    public static AccessRequest Of(HttpRequest http, IReadOnlyList<string> segments, Caller caller)
    {
        int version = segments switch
        {
            ["api", _, _, ..] => 1,
            ["apis", _, _, _, ..] => 2,
            _ => 0,
        };
        if (version == 0)
        {
            return new AccessRequest(caller, http.Method.ToLowerInvariant(), string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty, "/" + string.Join('/', segments));
        }

        string[] rest = [.. segments.Skip(version + 1)];
        string objectNamespace = string.Empty;
        if (rest is ["namespaces", string named, ..])
        {
            objectNamespace = named;
            rest = rest.Length > 2 && rest[2] is not ("status" or "finalize") ? rest[2..] : rest;
        }

        string name = rest.Length > 1 ? rest[1] : string.Empty;
        string verb = Verb(http, isSingle: name.Length > 0);
        if (name.Length == 0 && verb is "list" or "watch" or "deletecollection")
        {
            name = SelectedName(http.Query["fieldSelector"].ToString());
        }

        return new AccessRequest(
            caller, verb, version == 2 ? segments[1] : string.Empty, segments[version], rest[0], rest.Length > 2 ? rest[2] : string.Empty, objectNamespace, name, string.Empty);
    }

    private static string Verb(HttpRequest http, bool isSingle) => (http.Method, isSingle) switch
    {
        ("GET" or "HEAD", true) => "get",
        ("GET" or "HEAD", false) => ListOptions.IsWatch(http.Query) ? "watch" : "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => string.Empty,
    };

    // Who may see one object may list it by its name.
    private static string SelectedName(string fieldSelector)
    {
        try
        {
            return FieldSelectorText.Parse(fieldSelector).ExactName ?? string.Empty;
        }
        catch (FormatException)
        {
            return string.Empty;
        }
    }
}
