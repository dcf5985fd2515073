// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Auditing;
using NodeAgent.Storage.Discovery;
using NodeAgent.Storage.Hosting;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Requests;

/// <summary>From a request to its handler, and from whatever goes wrong to a Status.</summary>
internal sealed class ApiDispatcher(
    ServedResources served,
    DiscoveryDocuments documents,
    DiscoveryHandler discovery,
    ReadHandler read,
    WatchHandler watch,
    WriteHandler write,
    DeleteHandler delete,
    HealthHandler health,
    CallerAuthentication callers,
    CallerRights rights,
    AuditLog? audit,
    StorageOptions options,
    StorageMetrics metrics,
    ILogger logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        long started = Stopwatch.GetTimestamp();
        var call = new CallRecord { Audit = audit?.Begin(http) };
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
            await FailAsync(http, error, call.Audit);
        }

        if (call.Audit is { } record)
        {
            audit!.Complete(http, record);
        }

        metrics.Answered(call.Verb, call.Resource, http.Response.StatusCode, Stopwatch.GetElapsedTime(started));
    }

    private async Task RouteAsync(HttpContext http, CallRecord call)
    {
        RequestPath? path = RequestPath.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, served);
        if (path is not null && health.TryHandle(http, path.Segments, out Task? answer))
        {
            await answer;
            return;
        }

        Caller caller = await callers.IdentifyAsync(http);
        http.Features.Get<ConnectionGate.Visit>()?.Know();
        call.Audit?.Caller = caller;
        if (path is not null)
        {
            await AllowAsync(AccessRequests.Of(http.Request, path.Segments, caller), call.Audit, http.RequestAborted);
        }

        if (path?.Resource is { } resource)
        {
            call.Resource = resource.Plural;
            await DispatchAsync(new ApiRequest(http, resource, path.ObjectNamespace, path.Name, path.Subresource), call);
        }
        else if (path is { Segments: ["metrics"] } && options.Access.Metrics is { } exposition)
        {
            await MetricsAsync(http, exposition);
        }
        else if (path is null || !await discovery.TryHandleAsync(http, path.Segments))
        {
            await NoSuchAddressAsync(http, path);
        }
    }

    private async Task AllowAsync(AccessRequest asked, AuditRecord? record, CancellationToken cancellationToken)
    {
        record?.Asked = asked;
        record?.Decision = "forbid";
        await rights.AllowAsync(asked, cancellationToken);
        record?.Decision = "allow";
    }

    private static async Task MetricsAsync(HttpContext http, Action<System.Buffers.IBufferWriter<byte>> exposition)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            throw Failures.MethodNotAllowed();
        }

        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        if (HttpMethods.IsGet(http.Request.Method))
        {
            exposition(http.Response.BodyWriter);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
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
                "watch" => WatchAsync(request, list, call.Audit),
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

    private Task WatchAsync(ApiRequest request, ListOptions list, AuditRecord? record)
    {
        if (record is not null)
        {
            audit!.Started(request.Http, record);
        }

        return watch.WatchAsync(request, list);
    }

    // A namespaced object can be made only in a namespace, and its collection emptied only there.
    private static void Require(ApiRequest request, string verb)
    {
        IReadOnlyList<string> verbs = request.Subresource.Length > 0 ? ResourceVerbs.Status : request.Resource.Verbs;
        bool lacksNamespace = request.Resource.Namespaced && request.ObjectNamespace is null;
        if (!verbs.Contains(verb) || (lacksNamespace && verb is ("create" or "deletecollection")))
        {
            throw Failures.MethodNotAllowed();
        }
    }

    // As the API server: plain text outside of its groups, a Status inside.
    private async Task NoSuchAddressAsync(HttpContext http, RequestPath? path)
    {
        bool inside = path?.Segments switch
        {
            ["api", string version, ..] => documents.Resources(version) is not null,
            ["apis", string group, string version, ..] => documents.Resources($"{group}/{version}") is not null,
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

    private async Task FailAsync(HttpContext http, Exception error, AuditRecord? record)
    {
        Api.Meta.Status status = error switch
        {
            ApiException known => known.Status,
            DamagedObjectException damaged => Failures.Status(500, Api.Meta.StatusReason.InternalError, damaged.Message),
            StoreUnavailableException unavailable => Failures.Unavailable(unavailable.Message),
            BadHttpRequestException { StatusCode: 413 } => Failures.TooLarge(options.MaxRequestBodyBytes).Status,
            BadHttpRequestException bad => Failures.BadRequest(bad.Message).Status,
            _ => Failures.Status(500, Api.Meta.StatusReason.InternalError, "Internal error occurred: see the log of the storage"),
        };
        if (error is not (ApiException or StoreUnavailableException or BadHttpRequestException))
        {
            Log.RequestFailed(logger, error, http.Request.Method, http.Request.Path);
        }

        if (error is DamagedObjectException)
        {
            metrics.DamagedRead.Add(1);
            Log.ObjectDamaged(logger, error.Message);
        }

        record?.Failure = status;
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
        public AuditRecord? Audit { get; init; }

        public string Verb { get; set; } = string.Empty;

        public string Resource { get; set; } = string.Empty;
    }
}
