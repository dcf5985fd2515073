// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>The failures of the API, in the words of the API server: clients match on reason and details.</summary>
internal static class Failures
{
    public static Status Status(int code, string? reason, string message, StatusDetails? details = null) =>
        new() { Result = "Failure", Code = code, Reason = reason, Message = message, Details = details };

    public static ApiException BadRequest(string message) => new(Status(400, StatusReason.BadRequest, message));

    public static ApiException Unauthorized() => new(Status(401, StatusReason.Unauthorized, "Unauthorized"));

    /// <summary>An address that this server does not know.</summary>
    public static ApiException NoSuchResource() =>
        new(Status(404, StatusReason.NotFound, "the server could not find the requested resource", new StatusDetails()));

    public static ApiException NotFound(ResourceDefinition resource, string name) =>
        new(Status(404, StatusReason.NotFound, $"{resource.QualifiedName} \"{name}\" not found", Details(resource, name)));

    public static ApiException MethodNotAllowed() =>
        new(Status(405, StatusReason.MethodNotAllowed, "the server does not allow this method on the requested resource", new StatusDetails()));

    public static ApiException NotAcceptable(params string[] offers) => new(Status(
        406, StatusReason.NotAcceptable, $"406: Not Acceptable\n\nAvailable representations: {string.Join(", ", offers)}", new StatusDetails()));

    public static ApiException AlreadyExists(ResourceDefinition resource, string name) =>
        new(Status(409, StatusReason.AlreadyExists, $"{resource.QualifiedName} \"{name}\" already exists", Details(resource, name)));

    public static ApiException Modified(ResourceDefinition resource, string name) => Conflict(
        resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Conflict(ResourceDefinition resource, string name, string why) => new(Status(
        409, StatusReason.Conflict, $"Operation cannot be fulfilled on {resource.QualifiedName} \"{name}\": {why}", Details(resource, name)));

    /// <summary>Preconditions are reported by kind instead of plural, as upstream does.</summary>
    public static ApiException Precondition(ResourceDefinition resource, string name, string what, string wanted, string found) => new(Status(
        409,
        StatusReason.Conflict,
        $"Operation cannot be fulfilled on {resource.QualifiedKind} \"{name}\": the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). The object might have been {(what == "UID" ? "deleted and then recreated" : "modified")}",
        new StatusDetails { Name = name, Group = NullIfEmpty(resource.Group), Kind = resource.Kind }));

    public static ApiException Expired(string message) => new(Status(410, StatusReason.Expired, message));

    public static ApiException TooLarge(long limit) => new(Status(
        413, StatusReason.RequestEntityTooLarge, $"Request entity too large: limit is {limit}"));

    public static ApiException UnsupportedMediaType(params string[] accepted) => new(Status(
        415,
        StatusReason.UnsupportedMediaType,
        $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}"));

    public static ApiException Invalid(ResourceDefinition resource, string name, string field, string causeReason, string problem) => new(Status(
        422,
        StatusReason.Invalid,
        $"{resource.QualifiedKind} \"{name}\" is invalid: {field}: {problem}",
        new StatusDetails
        {
            Name = NullIfEmpty(name),
            Group = NullIfEmpty(resource.Group),
            Kind = resource.Kind,
            Causes = [new StatusCause { Reason = causeReason, Message = problem, Field = field }],
        }));

    public static ApiException InvalidOptions(string kind, string field, string causeReason, string problem) => new(Status(
        422,
        StatusReason.Invalid,
        $"{kind}.meta.k8s.io \"\" is invalid: {field}: {problem}",
        new StatusDetails
        {
            Group = "meta.k8s.io",
            Kind = kind,
            Causes = [new StatusCause { Reason = causeReason, Message = problem, Field = field }],
        }));

    public static ApiException PatchRejected() =>
        new(Status(422, StatusReason.Invalid, "the server rejected our request due to an error in our request", new StatusDetails()));

    public static ApiException FutureRevision(long wanted, long current) => new(Status(
        504,
        StatusReason.Timeout,
        $"Timeout: Too large resource version: {wanted}, current: {current}",
        new StatusDetails
        {
            Causes = [new StatusCause { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
            RetryAfterSeconds = 1,
        }));

    public static Status Unavailable(string message) =>
        Status(503, StatusReason.ServiceUnavailable, message, new StatusDetails { RetryAfterSeconds = 5 });

    private static StatusDetails Details(ResourceDefinition resource, string name) =>
        new() { Name = NullIfEmpty(name), Group = NullIfEmpty(resource.Group), Kind = resource.Plural };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
