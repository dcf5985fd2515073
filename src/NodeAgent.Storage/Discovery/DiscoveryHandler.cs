// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.OpenApi;
using NodeAgent.Storage.Representation;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Discovery;

/// <summary>Addresses that describe the server instead of holding objects.</summary>
internal sealed class DiscoveryHandler(DiscoveryDocuments documents, OpenApiDocuments openApi)
{
    /// <returns>False: not such an address.</returns>
    public async Task<bool> TryHandleAsync(HttpContext http, IReadOnlyList<string> segments)
    {
        Func<Task>? answer = segments switch
        {
            ["api"] => () => RootAsync(http, core: true),
            ["apis"] => () => RootAsync(http, core: false),
            ["api", string version] => Resources(http, version),
            ["apis", string group] => documents.Group(group) is { } known
                ? () => JsonAsync(http, known with { Kind = "APIGroup", ApiVersion = "v1" }, MetaJsonContext.Readable.ApiGroup)
                : null,
            ["apis", string group, string version] => Resources(http, $"{group}/{version}"),
            ["version"] => () => VersionAsync(http),
            ["openapi", "v2"] => () => RawAsync(http, openApi.V2),
            ["openapi", "v3"] => () => RawAsync(http, openApi.Index),
            ["openapi", "v3", ..] => openApi.V3(string.Join('/', segments.Skip(2))) is { } document ? () => RawAsync(http, document) : null,
            _ => null,
        };
        if (answer is null)
        {
            return false;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            throw Failures.MethodNotAllowed();
        }

        await answer();
        return true;
    }

    private Func<Task>? Resources(HttpContext http, string groupVersion) =>
        documents.Resources(groupVersion) is { } list ? () => JsonAsync(http, list, MetaJsonContext.Readable.ApiResourceList) : null;

    private Task RootAsync(HttpContext http, bool core)
    {
        http.Response.Headers.Vary = "Accept";
        foreach (MediaRange range in MediaRange.Parse(http.Request.Headers.Accept))
        {
            if (!range.Covers(ObjectRepresentation.Json))
            {
                continue;
            }

            if (range.Parameter("as") is not { } form)
            {
                return core
                    ? JsonAsync(http, DiscoveryDocuments.Core(http.Request.Host.Value ?? string.Empty), MetaJsonContext.Readable.ApiVersions)
                    : JsonAsync(http, documents.Groups(), MetaJsonContext.Readable.ApiGroupList);
            }

            if (form == "APIGroupDiscoveryList" && range.Parameter("g") == "apidiscovery.k8s.io" && range.Parameter("v") is "v2" or "v2beta1")
            {
                string version = range.Parameter("v")!;
                return ApiRequest.WriteAsync(
                    http.Response,
                    200,
                    documents.Aggregated(core, version),
                    MetaJsonContext.Readable.ApiGroupDiscoveryList,
                    $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
            }
        }

        throw Failures.NotAcceptable(ObjectRepresentation.Json, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    }

    private static Task VersionAsync(HttpContext http)
    {
        // The API level whose behaviour this server follows, and who it is; kubectl compares the first with its own.
        string version = typeof(DiscoveryHandler).Assembly.GetName().Version!.ToString(3);
        return RawAsync(http, JsonText.Write(new JsonObject
        {
            ["major"] = "1",
            ["minor"] = "32",
            ["gitVersion"] = $"v1.32.0+node-agent.{version}",
            ["gitCommit"] = string.Empty,
            ["gitTreeState"] = string.Empty,
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = string.Empty,
            ["compiler"] = "dotnet",
            ["platform"] = $"linux/{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant().Replace("x64", "amd64", StringComparison.Ordinal)}",
        }));
    }

    private static Task JsonAsync<T>(HttpContext http, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        ObjectRepresentation.Negotiate(http.Request.Headers.Accept);
        return ApiRequest.WriteAsync(http.Response, 200, value, type);
    }

    private static async Task RawAsync(HttpContext http, ReadOnlyMemory<byte> document)
    {
        // kubectl asks for protobuf of OpenAPI v2 only, and goes on without it after this 406.
        ObjectRepresentation.Negotiate(http.Request.Headers.Accept);
        http.Response.ContentType = ObjectRepresentation.Json;
        http.Response.ContentLength = document.Length;
        await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
    }
}
