// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>TokenReview and SubjectAccessReview of the double, in the shape of the recordings.</summary>
public sealed class DoubleReviews
{
    private const string OwnAudience = "https://kubernetes.default.svc";

    private readonly ConcurrentQueue<(string Kind, JsonObject Spec)> _asked = [];

    /// <summary>Shape: token to a UserInfo.</summary>
    public ConcurrentDictionary<string, JsonObject> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>Shape: token to the audience it was made for, where that is not the API server.</summary>
    public ConcurrentDictionary<string, string> Audiences { get; } = new(StringComparer.Ordinal);

    /// <summary>An API server from before audiences: it looks at none and names none.</summary>
    public bool IgnoresAudiences { get; set; }

    /// <summary>Called with the spec of a SubjectAccessReview. Nothing is allowed at first.</summary>
    public Func<JsonObject, bool> Allows { get; set; } = _ => false;

    /// <summary>What was asked so far, in order.</summary>
    public IReadOnlyList<(string Kind, JsonObject Spec)> Asked => [.. _asked];

    public int Count(string kind) => _asked.Count(asked => asked.Kind == kind);

    internal async Task<bool> TryAnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        bool token = path == "/apis/authentication.k8s.io/v1/tokenreviews";
        if (context.Request.Method != "POST" || !(token || path == "/apis/authorization.k8s.io/v1/subjectaccessreviews"))
        {
            return false;
        }

        var review = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
        var spec = (JsonObject)review["spec"]!;
        _asked.Enqueue(((string)review["kind"]!, (JsonObject)spec.DeepClone()));
        review["metadata"] = new JsonObject { ["creationTimestamp"] = null };
        review["status"] = token ? TokenStatus((string)spec["token"]!, spec["audiences"] as JsonArray) : new JsonObject { ["allowed"] = Allows(spec) };
        await DoubleAnswers.JsonAsync(context, 201, review);
        return true;
    }

    private JsonObject TokenStatus(string token, JsonArray? asked)
    {
        string audience = Audiences.GetValueOrDefault(token, OwnAudience);
        if (!Users.TryGetValue(token, out JsonObject? user) || !(IgnoresAudiences || (asked?.Any(one => (string?)one == audience) ?? audience == OwnAudience)))
        {
            return new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
        }

        var status = new JsonObject { ["authenticated"] = true, ["user"] = user.DeepClone() };
        if (!IgnoresAudiences)
        {
            status["audiences"] = new JsonArray(audience);
        }

        return status;
    }
}
