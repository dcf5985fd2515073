// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>
/// Stands for a Kubernetes API server, which no package here provides. It is no API server: it is written from the documentation
/// ("Kubernetes API concepts" and the API reference), and speaks lists with pages, watches with bookmarks, 410, PartialObjectMetadata,
/// field selectors, Status errors and bearer tokens as that says, and goes wrong on demand. What a real one does is judged by recordings.
/// </summary>
public sealed class ApiServerDouble : IAsyncDisposable
{
    private readonly ConcurrentQueue<DoubleRequest> _requests = [];
    private readonly ConcurrentDictionary<string, byte> _forbidden = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<DoubleFault> _faults = [];
    private TestHttpsServer? _server;
    private int _port;

    public TestAuthority Authority { get; } = new("api-server-double");

    public DoubleStore Store { get; } = new();

    public DoubleReviews Reviews { get; } = new();

    /// <summary>Tokens that are let in; null = everybody.</summary>
    public IReadOnlySet<string>? Tokens { get; set; }

    /// <summary>Common name of the client certificate that is let in without a token.</summary>
    public string? CertificateUser { get; set; }

    /// <summary>Shape: <c>https://127.0.0.1:PORT</c>; stays the same through <see cref="RestartAsync"/>.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>What was asked so far, in order.</summary>
    public IReadOnlyList<DoubleRequest> Requests => [.. _requests];

    public static async Task<ApiServerDouble> StartAsync()
    {
        var server = new ApiServerDouble();
        await server.RestartAsync();
        return server;
    }

    /// <summary>As it is when an API server goes: all connections break, nobody listens.</summary>
    public async Task StopAsync()
    {
        Store.BreakWatches();
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>Comes back at the same address with the same objects.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _server = await TestHttpsServer.StartAsync(Authority, HandleAsync, _port);
        Address = _server.Address;
        _port = new Uri(Address).Port;
    }

    /// <param name="verb">Shape: get, list or watch.</param>
    /// <param name="plural">Shape: <c>pods</c>.</param>
    public void Forbid(string verb, string plural) => _forbidden[$"{verb} {plural}"] = 0;

    public void Permit(string verb, string plural) => _forbidden.TryRemove($"{verb} {plural}", out _);

    /// <summary>The next request is answered so.</summary>
    public void FailNext(int code, string? retryAfter = null, string? body = null) => _faults.Enqueue(new DoubleFault(code, retryAfter, body));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Authority.Dispose();
        Store.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        DoublePath? path = DoublePath.Parse(context.Request);
        string? token = context.Request.Headers.Authorization.ToString() is { Length: > 7 } header ? header["Bearer ".Length..] : null;
        string verb = path?.Verb ?? "get";
        _requests.Enqueue(new DoubleRequest(verb, context.Request.Path + context.Request.QueryString.ToString(), context.Request.Headers.Accept.ToString(), token, context.Request.Protocol));
        if (_faults.TryDequeue(out DoubleFault? fault))
        {
            await DoubleAnswers.FaultAsync(context, fault);
        }
        else if (!await IsLetInAsync(context, token))
        {
            await DoubleAnswers.StatusAsync(context, 401, "Unauthorized", "Unauthorized");
        }
        else if (await Reviews.TryAnswerAsync(context))
        {
            return;
        }
        else if (path is null || !Store.Knows(path.Resource))
        {
            await DoubleAnswers.StatusAsync(context, 404, "NotFound", "the server could not find the requested resource");
        }
        else if (_forbidden.ContainsKey($"{verb} {path.Plural}"))
        {
            await DoubleAnswers.StatusAsync(
                context, 403, "Forbidden", $"{path.Plural} is forbidden: User \"system:serviceaccount:default:agent\" cannot {verb} resource \"{path.Plural}\" in API group \"{path.Group}\" at the cluster scope");
        }
        else
        {
            await AnswerAsync(context, path);
        }
    }

    private async Task<bool> IsLetInAsync(HttpContext context, string? token)
    {
        if (CertificateUser is { } user && await context.Connection.GetClientCertificateAsync() is { } certificate)
        {
            return certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false) == user;
        }

        return Tokens is null ? CertificateUser is null : token is not null && Tokens.Contains(token);
    }

    private async Task PatchStatusAsync(HttpContext context, DoublePath path)
    {
        if (Store.Find(path.Resource, path.Namespace, path.Name!) is not { } found)
        {
            await DoubleAnswers.NotFoundAsync(context, path);
            return;
        }

        JsonNode patch = (await JsonNode.ParseAsync(context.Request.Body))!;
        var changed = (JsonObject)found.DeepClone();
        changed["status"] = patch["status"]!.DeepClone();
        Store.Put(path.Resource, changed);
        await DoubleAnswers.JsonAsync(context, 200, changed);
    }

    private async Task AnswerAsync(HttpContext context, DoublePath path)
    {
        switch (path.Verb)
        {
            case "watch":
                await DoubleWatch.RunAsync(context, path, Store);
                break;
            case "list":
                await DoubleAnswers.ListAsync(context, path, Store);
                break;
            case "patch":
                await PatchStatusAsync(context, path);
                break;
            default:
                JsonObject? found = Store.Find(path.Resource, path.Namespace, path.Name!);
                await (found is null
                    ? DoubleAnswers.NotFoundAsync(context, path)
                    : DoubleAnswers.JsonAsync(context, 200, path.View(found)));
                break;
        }
    }
}

/// <summary>What a client asked.</summary>
public sealed record DoubleRequest(string Verb, string Path, string Accept, string? Token, string Protocol)
{
    public bool Has(string text) => Path.Contains(text, StringComparison.Ordinal);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Verb} {Path}");
}

internal sealed record DoubleFault(int Code, string? RetryAfter, string? Body);
