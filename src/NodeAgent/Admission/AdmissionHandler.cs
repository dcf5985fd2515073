// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.Admission;

/// <summary>Answers reviews: each is allowed at once, whatever becomes of what it tells. Any thread.</summary>
internal sealed class AdmissionHandler(AdmissionFeed feed)
{
    public const string Path = "/validate";

    /// <summary>
    /// Units: bytes. The options of a connection come out of the URL of a request, of which the API server takes 1 MiB with all headers; a byte of it can be six
    /// of JSON. With less, somebody could hide a command behind its length, since what is refused here is allowed there.
    /// </summary>
    public const int MostBytes = 8 << 20;

    // Several of the largest at once, or very many as people make them.
    private const long MostHeldBytes = 32 << 20;

    // Nobody waits longer for this answer: the API server gives up after timeoutSeconds, 2 in our chart, 30 at most.
    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(5);

    private readonly BodyBudget _budget = new(MostHeldBytes);

    public async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.Path.Value != Path)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"there is {Path} only").ConfigureAwait(false);
        }
        else if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "only POST").ConfigureAwait(false);
        }
        else if (!request.HasJsonContentType())
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "the body must be application/json").ConfigureAwait(false);
        }
        else
        {
            await ReviewAsync(context).ConfigureAwait(false);
        }
    }

    private async Task ReviewAsync(HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(BodyTimeout);
        using var body = new RequestBody(_budget, MostBytes);
        int status;
        try
        {
            status = context.Request.ContentLength > MostBytes
                ? StatusCodes.Status413PayloadTooLarge
                : await body.ReadAsync(context.Request.Body, limit.Token).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            status = error.StatusCode;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            status = StatusCodes.Status408RequestTimeout;
        }

        if (status != StatusCodes.Status200OK)
        {
            await RefuseAsync(context, status, ReasonOf(status)).ConfigureAwait(false);
        }
        else if (AdmissionReviewReader.Read(body.Bytes, out string? fault) is { } request)
        {
            feed.Take(request);
            context.Response.ContentType = "application/json";
            byte[] answer = JsonSerializer.SerializeToUtf8Bytes(AdmissionAnswer.Allow(request.Uid!), AdmissionJsonContext.Default.AdmissionAnswer);
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, fault!).ConfigureAwait(false);
        }
    }

    private static string ReasonOf(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => $"the body has more than {MostBytes} bytes",
        StatusCodes.Status408RequestTimeout => "the body did not come in time",
        StatusCodes.Status503ServiceUnavailable => "too many large bodies at once",
        _ => "the request cannot be read",
    };

    private Task RefuseAsync(HttpContext context, int status, string reason)
    {
        feed.Metrics.CountRefused(status);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }
}
