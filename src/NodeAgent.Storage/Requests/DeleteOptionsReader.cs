// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NodeAgent.Api.Meta;

namespace NodeAgent.Storage.Requests;

/// <summary>How something is to be deleted: in the body, or where there is none in the query, as the API server takes it.</summary>
internal static class DeleteOptionsReader
{
    private const string Kind = "DeleteOptions";
    private const string Policies = "\"Foreground\", \"Background\", \"Orphan\", \"nil\"";

    /// <exception cref="ApiException">400: unreadable; 413, 415; 422: contradictory or unknown.</exception>
    public static async Task<DeleteOptions> ReadAsync(ApiRequest request, long limit)
    {
        byte[] body = await RequestBody.ReadAsync(request.Http, limit);
        DeleteOptions options = body.Length == 0 ? FromQuery(request.Query) : FromBody(request, body);
        if (options.PropagationPolicy is not { } policy)
        {
            return options;
        }

        if (options.OrphanDependents is not null)
        {
            throw Failures.InvalidOptions(Kind, "propagationPolicy", "FieldValueInvalid", $"Invalid value: \"{policy}\": orphanDependents and deletionPropagation cannot be both set");
        }

        return policy is DeletePropagation.Foreground or DeletePropagation.Background or DeletePropagation.Orphan
            ? options
            : throw Failures.InvalidOptions(Kind, "propagationPolicy", "FieldValueNotSupported", $"Unsupported value: \"{policy}\": supported values: {Policies}");
    }

    private static DeleteOptions FromBody(ApiRequest request, byte[] body)
    {
        RequestBody.RequireJson(request.Http);
        DeleteOptions? delete;
        try
        {
            delete = JsonSerializer.Deserialize(body, MetaJsonContext.Readable.DeleteOptions);
        }
        catch (JsonException error)
        {
            throw Failures.BadRequest($"the delete options cannot be read: {error.Message}");
        }

        return delete?.Kind is null or "" or Kind ? delete ?? new DeleteOptions() : throw Failures.BadRequest($"{delete.Kind} cannot be handled as {Kind}");
    }

    private static DeleteOptions FromQuery(IQueryCollection query) => new()
    {
        PropagationPolicy = Text(query, "propagationPolicy"),
        GracePeriodSeconds = Text(query, "gracePeriodSeconds") is not { } seconds ? null
            : long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
            : throw Failures.BadRequest($"strconv.ParseInt: parsing \"{seconds}\": invalid syntax"),
        OrphanDependents = Text(query, "orphanDependents") is not { } orphan ? null : orphan is "true" or "1",
    };

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}
