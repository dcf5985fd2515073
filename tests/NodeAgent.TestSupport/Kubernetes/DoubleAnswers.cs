// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>Answers of the double that are one document.</summary>
internal static class DoubleAnswers
{
    public static Task JsonAsync(HttpContext context, int code, JsonNode body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    public static Task StatusAsync(HttpContext context, int code, string reason, string message) => JsonAsync(context, code, Status(code, reason, message));

    /// <summary>The resource is known, and has none of that name.</summary>
    public static Task NotFoundAsync(HttpContext context, DoublePath path)
    {
        JsonObject status = Status(404, "NotFound", $"{path.Plural} \"{path.Name}\" not found");
        status["details"] = new JsonObject { ["name"] = path.Name, ["group"] = path.Group, ["kind"] = path.Plural };
        return JsonAsync(context, 404, status);
    }

    public static JsonObject Status(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    };

    public static async Task FaultAsync(HttpContext context, DoubleFault fault)
    {
        if (fault.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait;
        }

        if (fault.Code == 0)
        {
            // Never answers.
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        else if (fault.Body is { } body)
        {
            context.Response.StatusCode = fault.Code;
            await context.Response.WriteAsync(body);
        }
        else
        {
            await StatusAsync(context, fault.Code, fault.Code == 429 ? "TooManyRequests" : "InternalError", "the server has trouble");
        }
    }

    public static Task ListAsync(HttpContext context, DoublePath path, DoubleStore store)
    {
        (long version, List<JsonObject> items) = store.List(path.Resource, path.Matches);
        int from = 0;
        if (path.Query["continue"] is [{ } token])
        {
            // Shape: VERSION.INDEX
            string[] parts = token.Split('.');
            if (parts.Length != 2)
            {
                return StatusAsync(context, 400, "BadRequest", "invalid continue token");
            }

            if (store.ExpiredContinues > 0)
            {
                store.ExpiredContinues--;
                return StatusAsync(context, 410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
            }

            version = long.Parse(parts[0], CultureInfo.InvariantCulture);
            from = int.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        int limit = path.Query["limit"] is [{ } text] ? int.Parse(text, CultureInfo.InvariantCulture) : int.MaxValue;
        JsonObject[] page = [.. items.Skip(from).Take(limit)];
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (from + page.Length < items.Count)
        {
            metadata["continue"] = string.Create(CultureInfo.InvariantCulture, $"{version}.{from + page.Length}");
            metadata["remainingItemCount"] = items.Count - from - page.Length;
        }

        return JsonAsync(context, 200, new JsonObject
        {
            ["kind"] = "List",
            ["apiVersion"] = path.Version,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(item => (JsonNode)path.View(item).DeepClone())]),
        });
    }
}
