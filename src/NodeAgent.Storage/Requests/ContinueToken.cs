// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Requests;

/// <summary>Where the next page of a list begins, and of which revision it is. Opaque to clients; same encoding as upstream's.</summary>
internal readonly record struct ContinueToken(long Revision, ListPosition After)
{
    public string Encode() => Base64Url.EncodeToString(JsonText.Write(new JsonObject
    {
        ["v"] = "meta.k8s.io/v1",
        ["rv"] = Revision,
        ["start"] = $"{After.ObjectNamespace}/{After.Name}\0",
    }));

    /// <exception cref="ApiException">400: not one of ours.</exception>
    public static ContinueToken Decode(string text)
    {
        try
        {
            JsonNode? token = JsonText.Parse(Base64Url.DecodeFromChars(text), []);
            string start = token?["start"]?.GetValue<string>() ?? string.Empty;
            int slash = start.IndexOf('/', StringComparison.Ordinal);
            if (token?["v"]?.GetValue<string>() == "meta.k8s.io/v1" && slash >= 0 && start[^1] == '\0')
            {
                return new ContinueToken(token["rv"]?.GetValue<long>() ?? throw new FormatException("no rv"), new ListPosition(start[..slash], start[(slash + 1)..^1]));
            }
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
        {
            throw Failures.BadRequest($"invalid continue token: continue key is not valid: {error.Message}");
        }

        throw Failures.BadRequest("invalid continue token: continue key is not valid");
    }
}
