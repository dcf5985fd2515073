// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Discovery;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Security;

namespace NodeAgent.Storage.Requests;

/// <summary>From a request to its handler, and from whatever goes wrong to a Status.</summary>
internal sealed class ApiDispatcher(
    DiscoveryHandler discovery,
    ReadHandler read,
    WatchHandler watch,
    WriteHandler write,
    DeleteHandler delete,
    HealthHandler health,
    BearerToken token,
    StorageOptions options,
    StorageMetrics metrics,
    ILogger logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        long started = Stopwatch.GetTimestamp();
        var call = new CallRecord();
        try
        {
            await RouteAsync(http, call);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody reads an answer.
        }
        catch (Exception error)
        {
            await FailAsync(http, error);
        }

        metrics.Answered(call.Verb, call.Resource, http.Response.StatusCode, Stopwatch.GetElapsedTime(started));
    }

    private async Task RouteAsync(HttpContext http, CallRecord call)
    {
        RequestPath? path = RequestPath.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (path is not null && health.TryHandle(http, path.Segments, out Task? answer))
        {
            await answer;
            return;
        }

        if (!token.Accepts(http.Request.Headers.Authorization))
        {
            metrics.Unauthorized.Add(1);
            throw Failures.Unauthorized();
        }

        if (path?.Resource is { } resource)
        {
            call.Resource = resource.Plural;
            await DispatchAsync(new ApiRequest(http, resource, path.ObjectNamespace, path.Name), call);
        }
        else if (path is null || !await discovery.TryHandleAsync(http, path.Segments))
        {
            await NoSuchAddressAsync(http, path);
        }
    }

    private Task DispatchAsync(ApiRequest request, CallRecord call)
    {
        string method = request.Http.Request.Method;
        bool single = request.Name is not null;
        if (!single && (HttpMethods.IsGet(method) || HttpMethods.IsDelete(method)))
        {
            ListOptions list = ListOptions.Parse(request.Query);
            call.Verb = HttpMethods.IsDelete(method) ? "deletecollection" : list.Watch ? "watch" : "list";
            Require(request, call.Verb);
            return call.Verb switch
            {
                "deletecollection" => delete.DeleteCollectionAsync(request, list),
                "watch" => watch.WatchAsync(request, list),
                _ => read.ListAsync(request, list),
            };
        }

        call.Verb = (method, single) switch
        {
            ("GET" or "HEAD", true) => "get",
            ("POST", false) => "create",
            ("PUT", true) => "update",
            ("PATCH", true) => "patch",
            ("DELETE", true) => "delete",
            _ => string.Empty,
        };

        Require(request, call.Verb);
        return call.Verb switch
        {
            "get" => read.GetAsync(request),
            "create" => write.CreateAsync(request),
            "update" => write.UpdateAsync(request),
            "patch" => write.PatchAsync(request),
            _ => delete.DeleteAsync(request),
        };
    }

    // A namespaced object can be made only in a namespace, and its collection emptied only there.
    private static void Require(ApiRequest request, string verb)
    {
        bool lacksNamespace = request.Resource.Namespaced && request.ObjectNamespace is null;
        if (!request.Resource.Verbs.Contains(verb) || (lacksNamespace && verb is ("create" or "deletecollection")))
        {
            throw Failures.MethodNotAllowed();
        }
    }

    // As the API server: plain text outside of its groups, a Status inside.
    private static async Task NoSuchAddressAsync(HttpContext http, RequestPath? path)
    {
        bool inside = path?.Segments switch
        {
            ["api", string version, ..] => DiscoveryDocuments.Resources(version) is not null,
            ["apis", string group, string version, ..] => DiscoveryDocuments.Resources($"{group}/{version}") is not null,
            _ => false,
        };
        if (inside)
        {
            throw Failures.NoSuchResource();
        }

        http.Response.StatusCode = 404;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync("404 page not found\n");
    }

    private async Task FailAsync(HttpContext http, Exception error)
    {
        Api.Meta.Status status = error switch
        {
            ApiException known => known.Status,
            StoreUnavailableException unavailable => Failures.Unavailable(unavailable.Message),
            BadHttpRequestException { StatusCode: 413 } => Failures.TooLarge(options.MaxRequestBodyBytes).Status,
            BadHttpRequestException bad => Failures.BadRequest(bad.Message).Status,
            _ => Failures.Status(500, Api.Meta.StatusReason.InternalError, "Internal error occurred: see the log of the storage"),
        };
        if (error is not (ApiException or StoreUnavailableException or BadHttpRequestException))
        {
            Log.RequestFailed(logger, error, http.Request.Method, http.Request.Path);
        }

        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return;
        }

        http.Response.Clear();
        if (status.Code == 413 && HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            // The rest of the body is not read, so the connection cannot be used again; the client is told.
            http.Response.Headers.Connection = "close";
        }

        await ApiRequest.WriteStatusAsync(http.Response, status);
    }

    private sealed class CallRecord
    {
        public string Verb { get; set; } = string.Empty;

        public string Resource { get; set; } = string.Empty;
    }
}
