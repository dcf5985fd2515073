// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Requests;

/// <summary>Health addresses; they need no token and tell nothing but health.</summary>
/// <remarks>Shape: <c>?verbose</c> lists the checks, <c>?exclude=NAME</c>, repeated, leaves some out. Source: k8s.io/apiserver, health checks.</remarks>
internal sealed class HealthHandler(IObjectStore store, Func<string?>? accessProblem)
{
    public bool TryHandle(HttpContext http, IReadOnlyList<string> segments, [NotNullWhen(true)] out Task? answer)
    {
        answer = segments is ["livez" or "readyz" or "healthz"] && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            ? AnswerAsync(http, checkWrites: segments[0] != "livez")
            : null;
        return answer is not null;
    }

    private Task AnswerAsync(HttpContext http, bool checkWrites)
    {
        (string Name, string? Problem)[] checks = checkWrites ? [("ping", null), ("database-read", Read()), ("database-write", store.ReadOnlyReason), ("authentication", accessProblem?.Invoke())] : [("ping", null)];
        checks = Array.FindAll(checks, check => !http.Request.Query["exclude"].Contains(check.Name));
        bool healthy = Array.TrueForAll(checks, check => check.Problem is null);
        http.Response.StatusCode = healthy ? 200 : 500;
        http.Response.ContentType = "text/plain; charset=utf-8";
        string list = string.Concat(checks.Select(check => check.Problem is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {check.Problem}\n"));
        string end = $"{http.Request.Path.Value!.Trim('/')} check {(healthy ? "passed" : "failed")}\n";
        return http.Response.WriteAsync(healthy && !http.Request.Query.ContainsKey("verbose") ? "ok" : list + end);
    }

    private string? Read()
    {
        try
        {
            store.Get(new ObjectKey("none", string.Empty, "none"));
            return null;
        }
        catch (StoreUnavailableException error)
        {
            return error.Message;
        }
    }
}
